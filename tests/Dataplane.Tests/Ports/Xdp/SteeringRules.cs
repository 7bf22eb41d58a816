using System.Buffers.Binary;
using System.Net;

namespace Dataplane.Tests.Ports.Xdp;

/// <summary>
/// The section "Whose" of docs/design/packet-classes.md once more, on spans and without a thought for speed: what the XDP program does with
/// any frame must be what this says. A network of /0 is a catch-all. The words name the rule, so that a test can tell which it has reached.
/// </summary>
internal sealed class SteeringRules(params string[] networks)
{
    private readonly IPNetwork[] _vips = [.. networks.Select(IPNetwork.Parse).Where(network => network.PrefixLength > 0)];
    private readonly bool _takesEveryIpv4 = networks.Contains("0.0.0.0/0"), _takesEveryIpv6 = networks.Contains("::/0");

    public (string Rule, bool IsOurs) Of(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 14) return ("1: shorter than Ethernet", true);
        if (!frame[..6].SequenceEqual(Frames.LocalMac)) return ("1: another station", false);
        int tags = 0, typeAt = 12;
        while (Word(frame[typeAt..]) is 0x8100 or 0x88A8)
        {
            if (tags == 2) return ("2: third tag", false);
            tags++;
            typeAt += 4;
            if (frame.Length < typeAt + 2) return ("2: tag cut off", true);
        }

        int type = Word(frame[typeAt..]);
        if (type is not (0x0800 or 0x86DD)) return ($"2: another type behind {tags} tags", false);
        (string rule, bool isOurs) = type == 0x0800 ? OfIpv4(frame[(typeAt + 2)..]) : OfIpv6(frame[(typeAt + 2)..]);
        return (rule, isOurs);
    }

    private (string Rule, bool IsOurs) OfIpv4(ReadOnlySpan<byte> ip)
    {
        if (Ipv4Defect(ip) is { } defect) return ($"3: outer {defect}", true);
        if (ip[9] != 47) return ByDestination("5: IPv4", ip);
        if ((Word(ip[6..]) & 0x1FFF) != 0) return ByDestination("4: later IPv4 fragment", ip);
        return OfGre(ip, ip[(4 * (ip[0] & 15))..]);
    }

    private (string Rule, bool IsOurs) OfIpv6(ReadOnlySpan<byte> ip)
    {
        if (Ipv6Defect(ip) is { } defect) return ($"3: outer {defect}", true);
        int next = ip[6], headers = 0;
        ReadOnlySpan<byte> rest = ip[40..];
        while (next is 0 or 43 or 60)
        {
            if (headers++ == 4) return ByDestination("4: chain too long", ip);
            if (rest.Length < 2 || rest.Length < 8 * (rest[1] + 1)) return ByDestination("4: chain cut off", ip);
            next = rest[0];
            rest = rest[(8 * (rest[1] + 1))..];
        }

        if (next == 47) return OfGre(ip, rest);
        if (ip[6] == 58 && rest.Length > 0 && rest[0] is >= 133 and <= 137) return ("5: neighbour discovery", false);
        return ByDestination(headers > 0 ? "4: chain without GRE" : "5: IPv6", ip);
    }

    private (string Rule, bool IsOurs) OfGre(ReadOnlySpan<byte> outer, ReadOnlySpan<byte> gre)
    {
        if (gre.Length < 4) return ("4: GRE cut off", true);
        int flags = Word(gre), type = Word(gre[2..]);
        if (type is not (0x0800 or 0x86DD)) return ByDestination("4: another type inside", outer);
        if ((flags & 7) != 0) return ("4: version", true);
        if ((flags & 0b0100_1100_0000_0000) != 0) return ("4: flag bits", true);
        int header = 4;
        foreach (int option in (int[])[0x8000, 0x2000, 0x1000]) header += (flags & option) != 0 ? 4 : 0;
        ReadOnlySpan<byte> inner = gre[Math.Min(header, gre.Length)..];
        if ((type == 0x0800 ? Ipv4Defect(inner) : Ipv6Defect(inner)) is { } defect) return ($"4: inner {defect}", true);
        if (IsVip(inner)) return ("4: VIP inside", true);
        if (type == 0x0800 ? _takesEveryIpv4 : _takesEveryIpv6) return ("4: catch-all", true);
        return ByDestination("4: no VIP inside", outer);
    }

    private (string Rule, bool IsOurs) ByDestination(string rule, ReadOnlySpan<byte> ip)
    {
        bool isVip = IsVip(ip);
        return ($"{rule}, to {(isVip ? "a VIP" : "another")}", isVip);
    }

    private static string? Ipv4Defect(ReadOnlySpan<byte> ip)
    {
        if (ip.Length < 20) return "IPv4 cut off";
        if (ip[0] >> 4 != 4) return "IPv4 version";
        if ((ip[0] & 15) < 5) return "IPv4 header length";
        return 4 * (ip[0] & 15) > ip.Length ? "IPv4 options cut off" : null;
    }

    private static string? Ipv6Defect(ReadOnlySpan<byte> ip)
    {
        if (ip.Length < 40) return "IPv6 cut off";
        return ip[0] >> 4 != 6 ? "IPv6 version" : null;
    }

    // Of its own family only: an address of the other never lies in a network.
    private bool IsVip(ReadOnlySpan<byte> ip)
    {
        IPAddress destination = new(ip[0] >> 4 == 4 ? ip.Slice(16, 4) : ip.Slice(24, 16));
        return _vips.Any(network => network.BaseAddress.AddressFamily == destination.AddressFamily && network.Contains(destination));
    }

    private static int Word(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
