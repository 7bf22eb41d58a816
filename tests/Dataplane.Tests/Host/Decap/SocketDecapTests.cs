using Dataplane.Tests.Ports;
using RustyRail.Dataplane.Host.Decap;
using RustyRail.Dataplane.Host.Decap.Sockets;
using RustyRail.Dataplane.Native;

namespace Dataplane.Tests.Host.Decap;

public sealed class SocketDecapTests
{
    [SkippableFact]
    public void Connections_work_through_every_form_and_family()
    {
        using DecapLab lab = new();
        using SocketDecap way = OpenOrSkip(lab);
        Task<string?> run = lab.Start(way);
        foreach (TunnelFrame form in DecapCases.Forms()) lab.Exchange(form);
        DecapLab.StopAndAwait(way, run);
        Assert.Matches("^received ([0-9]+), delivered \\1, dropped 0$", way.Counts);
    }

    [SkippableFact]
    public void A_general_source_check_does_not_stop_it()
    {
        using DecapLab lab = new();
        lab.Server.Run(() => File.WriteAllText("/proc/sys/net/ipv4/conf/all/rp_filter", "1"));
        using SocketDecap way = OpenOrSkip(lab);
        Task<string?> run = lab.Start(way);
        lab.Exchange(new TunnelFrame(DecapForms.Gre, false, false));
        DecapLab.StopAndAwait(way, run);
    }

    [SkippableFact]
    public void Forms_that_are_not_accepted_have_no_socket()
    {
        using DecapLab lab = new();
        using SocketDecap way = OpenOrSkip(lab, DecapLab.Options() with { Forms = DecapForms.Gue });
        Task<string?> run = lab.Start(way);
        lab.Wire.Send(new TunnelFrame(DecapForms.Gre, false, false).Build());
        // The kernel has no handler of its own here: it says so, instead of the socket taking the packet.
        Assert.Equal(1, lab.Wire.Count(IsProtocolUnreachable, 1, TimeSpan.FromSeconds(5)));
        lab.Exchange(new TunnelFrame(DecapForms.Gue, true, false));
        DecapLab.StopAndAwait(way, run);
        Assert.Contains("dropped 0", way.Counts, StringComparison.Ordinal);
    }

    // The kernel puts pieces together before a socket sees them, and says that it did.
    [SkippableFact]
    public void Pieces_are_refused_and_counted_in_both_families()
    {
        using DecapLab lab = new();
        using SocketDecap way = OpenOrSkip(lab);
        Task<string?> run = lab.Start(way);
        foreach (TunnelFrame form in DecapCases.Forms())
        {
            byte[] frame = (form with { UdpChecksum = true, PayloadBytes = 800 }).Build();
            foreach (byte[] piece in Pieces(frame, form.OverIpv6)) lab.Wire.Send(piece);
        }

        int forms = DecapCases.Forms().Count();
        Assert.True(SpinWait.SpinUntil(() => way.Counts == $"received {forms}, delivered 0, dropped {forms} (fragmentUnknown {forms})", 10_000), way.Counts);
        DecapLab.StopAndAwait(way, run);
    }

    [SkippableFact]
    public void Strangers_and_defects_are_counted_and_nothing_of_them_is_delivered()
    {
        using DecapLab lab = new();
        using SocketDecap way = OpenOrSkip(lab);
        Task<string?> run = lab.Start(way);
        DecapCase[] cases = [.. DecapCases.All.Where(one => !one.IsKernels && one.Outcome is not (null or DecapReason.Delivered or DecapReason.FragmentUnknown))];
        // What the kernel itself throws away it counts itself: wrong lengths and checksums of the outermost header.
        DecapCase[] seen = [.. cases.Where(one => one.Outcome is not (DecapReason.BadLength or DecapReason.BadChecksum))];
        foreach (DecapCase one in seen) lab.Wire.Send(one.Frame);
        Assert.True(SpinWait.SpinUntil(() => way.Counts.StartsWith($"received {seen.Length}, delivered 0, dropped {seen.Length} (", StringComparison.Ordinal), 10_000), $"{way.Counts} of {seen.Length}");
        foreach (IGrouping<DecapReason?, DecapCase> reason in seen.GroupBy(one => one.Outcome))
            Assert.Contains($"{reason.Key} {reason.Count()}", way.Counts, StringComparison.OrdinalIgnoreCase);
        DecapLab.StopAndAwait(way, run);
    }

    [SkippableFact]
    public void A_port_that_is_taken_is_named()
    {
        using DecapLab lab = new();
        using SocketDecap way = OpenOrSkip(lab);
        NativeException e = Assert.Throws<NativeException>(() => lab.Server.Run(() => SocketDecap.Open(DecapLab.Options() with { Tun = "decap1" })));
        Assert.StartsWith("bind(UDP port 6080, IPv4): ", e.Message, StringComparison.Ordinal);
    }

    private static SocketDecap OpenOrSkip(DecapLab lab, DecapOptions? options = null)
    {
        Skip.IfNot(File.Exists("/dev/net/tun"), "the machine has no /dev/net/tun");
        return lab.Server.Run(() => SocketDecap.Open(options ?? DecapLab.Options()));
    }

    private static bool IsProtocolUnreachable(byte[] frame) => frame.Length > 35 && frame[12] == 8 && frame[23] == Frames.Icmp && frame[34] == 3 && frame[35] == 2;

    // In two: 512 bytes of what follows the outer header, then the rest.
    private static IEnumerable<byte[]> Pieces(byte[] frame, bool overIpv6)
    {
        const int Cut = 512;
        if (overIpv6)
        {
            byte next = frame[20];
            byte[] rest = frame[54..];
            foreach ((int offset, byte[] part, int more) in new[] { (0, rest[..Cut], 1), (Cut, rest[Cut..], 0) })
            {
                byte[] header = [.. frame[..54]];
                (header[18], header[19], header[20]) = ((byte)((part.Length + 8) >> 8), (byte)(part.Length + 8), 44);
                yield return [.. header, next, 0, (byte)(offset >> 8), (byte)(offset | more), 0, 0, 0, (byte)(frame[20] + frame[60]), .. part];
            }

            yield break;
        }

        byte[] behind = frame[34..];
        foreach ((int words, byte[] part, int more) in new[] { (0, behind[..Cut], 0x20), (Cut / 8, behind[Cut..], 0) })
        {
            byte[] header = [.. frame[..34]];
            (header[16], header[17]) = ((byte)((part.Length + 20) >> 8), (byte)(part.Length + 20));
            (header[20], header[21], header[24], header[25]) = ((byte)more, (byte)words, 0, 0);
            ushort sum = RustyRail.Tests.Support.Packets.Rfc1071.Of(header.AsSpan(14));
            (header[24], header[25]) = ((byte)(sum >> 8), (byte)sum);
            yield return [.. header, .. part];
        }
    }
}
