using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
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
        byte? number = protocol.ToLowerInvariant() switch
        {
            "tcp" => IpProtocol.Tcp,
            "udp" => IpProtocol.Udp,
            "icmp" => IpProtocol.Icmp,
            _ => byte.TryParse(protocol, NumberStyles.None, CultureInfo.InvariantCulture, out byte other) ? other : null,
        };
        if (number is null) problem = $"--proto '{protocol}' is not tcp, udp, icmp or a number up to 255";
        else if (!TryEndPoint(source, out IPEndPoint? from)) problem = $"--src '{source}' is not ADDRESS:PORT (IPv4)";
        else if (!TryEndPoint(destination, out IPEndPoint? to)) problem = $"--dst '{destination}' is not ADDRESS:PORT (IPv4)";
        else return new FlowQuestion(from, to, number.Value);
        return null;
    }

    private static bool TryEndPoint(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPEndPoint? endPoint) =>
        IPEndPoint.TryParse(text, out endPoint) && endPoint.AddressFamily == AddressFamily.InterNetwork && text.Count(c => c == '.') == 3;
}
