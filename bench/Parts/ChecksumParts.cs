using BenchmarkDotNet.Attributes;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Bench.Parts;

public unsafe class ChecksumParts
{
    private const int Count = 256, LargeBytes = 1480;

    private readonly byte[] _bytes = GC.AllocateArray<byte>((Count * Ipv4Header.Size) + LargeBytes, pinned: true);

    [GlobalSetup]
    public void Fill() => new Random(1).NextBytes(_bytes);

    [Benchmark(OperationsPerInvoke = Count)]
    public int VerifyHeader()
    {
        int valid = 0;
        fixed (byte* first = _bytes)
        {
            for (int i = 0; i < Count; i++)
            {
                if (InternetChecksum.VerifyIpv4(first + (i * Ipv4Header.Size), Ipv4Header.Size)) valid++;
            }
        }

        return valid;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int ComputeHeader()
    {
        int all = 0;
        fixed (byte* first = _bytes)
        {
            for (int i = 0; i < Count; i++) all ^= InternetChecksum.ComputeIpv4(first + (i * Ipv4Header.Size), Ipv4Header.Size);
        }

        return all;
    }

    [Benchmark(Description = "Compute1480Bytes")]
    public int ComputeLarge()
    {
        fixed (byte* first = _bytes) return InternetChecksum.Compute(first, LargeBytes);
    }
}
