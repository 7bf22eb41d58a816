using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Host.Explain;

/// <summary>A flow that somebody asks about, in packet order.</summary>
internal sealed record FlowQuestion(IPEndPoint From, IPEndPoint To, byte Protocol)
{
    public IpKey Source => IpKey.From(From.Address);
    public IpKey Destination => IpKey.From(To.Address);
    public bool IsIpv6 => !Destination.IsIpv4;

    public ushort DestinationPortRaw => HasPorts ? BinaryPrimitives.ReverseEndianness((ushort)To.Port) : (ushort)0;
    public uint Ports => HasPorts ? BinaryPrimitives.ReverseEndianness((ushort)From.Port) | ((uint)DestinationPortRaw << 16) : 0;
    public FlowClass Class => FlowKey.ClassOf(Protocol, HasPorts);

    /// <summary>As services name it: ICMP of either version is 1.</summary>
    public byte NamedProtocol => IsIpv6 && Protocol == IpProtocol.Icmpv6 ? IpProtocol.Icmp : Protocol;

    private bool HasPorts => IpProtocol.HasPorts(Protocol);

    /// <summary>Null and a line for the operator if a part does not parse.</summary>
    public static FlowQuestion? TryParse(string source, string destination, string protocol, out string problem)
    {
        problem = "";
        if (!TryEndPoint(source, out IPEndPoint? from)) problem = $"--src '{source}' is not ADDRESS:PORT (IPv6: [ADDRESS]:PORT)";
        else if (!TryEndPoint(destination, out IPEndPoint? to)) problem = $"--dst '{destination}' is not ADDRESS:PORT (IPv6: [ADDRESS]:PORT)";
        else if (from.AddressFamily != to.AddressFamily) problem = $"--src '{source}' and --dst '{destination}' are of different families";
        else if (NumberOf(protocol, to.AddressFamily) is not { } number) problem = $"--proto '{protocol}' is not tcp, udp, icmp or a number up to 255";
        else return new FlowQuestion(from, to, number);
        return null;
    }

    private static byte? NumberOf(string protocol, AddressFamily family) => protocol.ToLowerInvariant() switch
    {
        "tcp" => IpProtocol.Tcp,
        "udp" => IpProtocol.Udp,
        "icmp" => family == AddressFamily.InterNetworkV6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp,
        _ => byte.TryParse(protocol, NumberStyles.None, CultureInfo.InvariantCulture, out byte other) ? other : null,
    };

    // The platform's parser takes "2001:db8::80:80" for an address without a port, which is not what somebody means who forgot the brackets.
    private static bool TryEndPoint(string text, [NotNullWhen(true)] out IPEndPoint? endPoint)
    {
        endPoint = null;
        bool isIpv6 = text.StartsWith('[');
        int end = isIpv6 ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.IndexOf(':', StringComparison.Ordinal);
        if (isIpv6 && end == 0) return false;
        (string host, string rest) = end > 0 ? (text[..end], text[end..]) : (text, "");
        if (!AddressText.TryParse(isIpv6 ? host[1..^1] : host, out IPAddress address)) return false;
        if (address.IsIPv4MappedToIPv6 || (address.AddressFamily == AddressFamily.InterNetworkV6) != isIpv6) return false;
        ushort port = 0;
        if (rest.Length > 0 && !(rest[0] == ':' && ushort.TryParse(rest.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out port))) return false;
        endPoint = new IPEndPoint(address, port);
        return true;
    }
}
