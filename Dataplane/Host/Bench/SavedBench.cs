using System.Runtime.InteropServices;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Ports.Memory;

namespace RustyRail.Dataplane.Host.Bench;

/// <summary>Tables and traffic in a file, for the same measurement in C: bench/reference/traffic.h has the same layout. Little-endian.</summary>
internal static unsafe class SavedBench
{
    public static void Write(string path, BenchPipeline pipeline, BenchOptions options)
    {
        SnapshotView snapshot = pipeline.View.Snapshot(pipeline.View.Header->Generation);
        PoolRecord pool = snapshot.Pools[0];
        uint[] draws = options.Draws() ?? [];
        List<ExactEntry> services = Services(snapshot);
        BenchFrame frame = options.Frame;
        Header header = new()
        {
            Magic = Header.Version1,
            Key0 = snapshot.Header->HashKey0,
            Key1 = snapshot.Header->HashKey1,
            Algorithm = snapshot.Header->HashAlgorithm,
            Services = services.Count,
            Backends = snapshot.Header->BackendSlots,
            TableSize = pool.TableSize,
            Flows = options.DrawnFlows,
            FlowEntries = (int)pipeline.View.FlowEntries,
            Draws = draws.Length,
            Batch = Forwarder.BatchSize,
            FrameBytes = frame.Bytes.Length,
            SourceAddressAt = frame.SourceAddressAt,
            SourcePortAt = frame.SourcePortAt,
            Buffers = MemoryWire.DefaultBuffers,
            Headroom = MemoryWire.DefaultHeadroom,
            BufferBytes = MemoryWire.DefaultBufferBytes,
            WarmUp = options.WarmUp,
        };
        frame.Bytes.CopyTo(new Span<byte>(header.Frame, Header.MostFrameBytes));
        using FileStream file = File.Create(path);
        file.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<Header>(in header)));
        file.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(services)));
        file.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<BackendRecord>(snapshot.Backends, header.Backends)));
        file.Write(MemoryMarshal.AsBytes(pipeline.View.Table(pool)));
        file.Write(MemoryMarshal.AsBytes<uint>(draws));
    }

    private static List<ExactEntry> Services(SnapshotView snapshot)
    {
        List<ExactEntry> services = [];
        for (uint i = 0; i <= snapshot.ExactMask; i++)
        {
            if (snapshot.Exact[i].State == SlotState.InUse) services.Add(snapshot.Exact[i]);
        }

        return services;
    }

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Header
    {
        /// <summary>"RRBENCH1"</summary>
        public const ulong Version1 = 0x3148_434E_4542_5252;

        public const int MostFrameBytes = 128;

        [FieldOffset(0)] public ulong Magic;
        [FieldOffset(8)] public ulong Key0;
        [FieldOffset(16)] public ulong Key1;
        [FieldOffset(24)] public int Algorithm;
        [FieldOffset(28)] public int Services;
        [FieldOffset(32)] public int Backends;
        [FieldOffset(36)] public int TableSize;
        [FieldOffset(40)] public int Flows;
        [FieldOffset(44)] public int FlowEntries;
        [FieldOffset(48)] public int Draws;
        [FieldOffset(52)] public int Batch;
        [FieldOffset(56)] public int FrameBytes;
        [FieldOffset(60)] public int SourceAddressAt;
        [FieldOffset(64)] public int SourcePortAt;
        [FieldOffset(68)] public int Buffers;
        [FieldOffset(72)] public int Headroom;
        [FieldOffset(76)] public int BufferBytes;
        [FieldOffset(80)] public long WarmUp;
        [FieldOffset(128)] public fixed byte Frame[MostFrameBytes];
    }
}
