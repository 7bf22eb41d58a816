using RustyRail.Dataplane.Host.Decap;

namespace Dataplane.Tests.Host.Decap;

public sealed class TunnelReceiverTests
{
    [Fact]
    public void Every_form_and_defect_ends_as_it_must()
    {
        SocketBench bench = new();
        List<string> wrong = [];
        int seen = 0;
        foreach (DecapCase one in DecapCases.All.Where(one => !one.IsKernels && one.Outcome is not null))
        {
            (DecapReason outcome, byte[] inner) = bench.Decapsulate(one.Frame);
            seen++;
            if (outcome != one.Outcome) wrong.Add($"{one}: {outcome}, not {one.Outcome}");
            else if (one.Result is not null && !IsInnerOf(one.Result, inner)) wrong.Add($"{one}: {Convert.ToHexString(inner)}");
            else if (one.Result is null && inner.Length > 0) wrong.Add($"{one}: {inner.Length} bytes in spite of {outcome}");
        }

        Assert.Empty(wrong);
        Assert.True(seen > 700, $"only {seen} cases");
    }

    [Fact]
    public void Gre_around_anything_but_ip_is_refused()
    {
        SocketBench bench = new();
        foreach (ushort type in (ushort[])[0x6558, 0x880B, 0x8847])
            Assert.Equal(DecapReason.GreUnsupported, bench.Decapsulate((new TunnelFrame(DecapForms.Gre, false, false) with { GreType = type }).Build()).Outcome);
    }

    // The result has a link header in front and may have padding behind; what goes to the TUN device must have neither.
    private static bool IsInnerOf(byte[] result, byte[] inner)
    {
        int at = 14;
        while (result[at - 2] is 0x81 or 0x88) at += 4;
        return result.AsSpan(at).StartsWith(inner) && result.AsSpan(at + inner.Length).IndexOfAnyExcept((byte)0) < 0 && IsWhole(inner);
    }

    private static bool IsWhole(byte[] packet) =>
        packet.Length == (packet[0] >> 4 == 4 ? (packet[2] << 8) + packet[3] : 40 + (packet[4] << 8) + packet[5]);
}
