using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;

namespace RustyRail.Tests.Support.Reference;

/// <summary>docs/design/packet-classes.md, "What becomes of it": what a sound packet is to which service's flow.</summary>
internal ref struct Meaning
{
    private const int Tcp = 6, Udp = 17, Icmp = 1, Icmpv6 = 58;

    public Role Role;

    /// <summary>None: a later fragment that goes nowhere unless its first is known, or an echo request.</summary>
    public int Service;
    public FlowName Flow;

    /// <summary>0 where it is no TCP header that counts.</summary>
    public int TcpFlags;

    /// <param name="claimed">Of several services that may take a fragment the one that did.</param>
    public static Fate? Of(ReadOnlySpan<byte> frame, in Places places, JudgedCatalogue catalogue, int claimed, ref Meaning meaning)
    {
        ReadOnlySpan<byte> ip = frame[places.Inner..places.InnerEnd];
        Address client = Address.SourceOf(ip), vip = Address.DestinationOf(ip);
        bool isIcmp = places.Protocol == (ip.IsIpv6() ? Icmpv6 : Icmp);
        if (places.FragmentOffset != 0)
        {
            meaning.Role = Role.LaterFragment;
            meaning.Service = catalogue.MayTakeFragment(claimed, vip, places.Protocol, places.IsInGre) ? claimed : Odd;
            meaning.Name(catalogue, client, vip, places.Protocol, ports: null);
            return null;
        }

        int type = isIcmp ? frame[places.Transport] : -1;
        if (isIcmp && (ip.IsIpv6() ? type is >= 1 and <= 4 : type is 3 or 4 or 11 or 12)) return OfError(frame, places, catalogue, claimed, ref meaning);
        ReadOnlySpan<byte> transport = frame[places.Transport..places.InnerEnd];
        bool isNeighbours = ip.IsIpv6() && isIcmp && type is >= 133 and <= 137;
        meaning.Service = isNeighbours ? JudgedCatalogue.None : catalogue.Find(vip, places.Protocol, places.HasPorts ? transport.Word(2) : 0, places.IsInGre);
        if (meaning.Service != JudgedCatalogue.None)
        {
            meaning.Role = places.IsFragment ? Role.FirstFragment : Role.Flow;
            meaning.TcpFlags = places.Protocol == Tcp ? transport[13] : 0;
            meaning.Name(catalogue, client, vip, places.Protocol, places.HasPorts ? PortsOf(transport) : null);
            return null;
        }

        if (type != (ip.IsIpv6() ? 128 : 8)) return Fate.Host;
        meaning.Role = Role.Echo;
        return places.IsFragment ? Fate.Drop(Reason.FragmentUnknown) : null;
    }

    /// <summary>Marks a claim that no rule allows.</summary>
    public const int Odd = -2;

    /// <summary>An error holds the beginning of a packet from the VIP to the client.</summary>
    private static Fate? OfError(ReadOnlySpan<byte> frame, in Places places, JudgedCatalogue catalogue, int claimed, ref Meaning meaning)
    {
        bool isIpv6 = frame[places.Inner..].IsIpv6();
        ReadOnlySpan<byte> embedded = frame[(places.Transport + 8)..places.InnerEnd];
        if (embedded.Length < (isIpv6 ? 40 : 20)) return Fate.Drop(Reason.Runt);
        if (embedded[0] >> 4 != (isIpv6 ? 6 : 4) || (!isIpv6 && embedded.HeaderBytes() < 20)) return Fate.Drop(Reason.BadHeader);
        if (!isIpv6 && embedded.HeaderBytes() > embedded.Length) return Fate.Drop(Reason.Runt);
        Places within = new() { InnerEnd = embedded.Length };
        if (Chain.Read(embedded, ref within) is { } defect) return defect;
        ReadOnlySpan<byte> transport = embedded[within.Transport..];
        if (within.HasPorts && transport.Length < 8) return Fate.Drop(Reason.Runt);

        Address vip = Address.DestinationOf(frame[places.Inner..]), client = Address.DestinationOf(embedded);
        if (Address.SourceOf(embedded) != vip) return Fate.Host;
        meaning.Role = Role.Error;
        bool isLater = within.FragmentOffset != 0;
        if (isLater) meaning.Service = catalogue.MayTakeFragment(claimed, vip, within.Protocol, places.IsInGre) ? claimed : Odd;
        else meaning.Service = catalogue.Find(vip, within.Protocol, within.HasPorts ? transport.Word(0) : 0, places.IsInGre);
        if (meaning.Service == JudgedCatalogue.None) return Fate.Host;
        uint? ports = within.HasPorts ? (PortsOf(transport) >> 16) | (PortsOf(transport) << 16) : null;
        meaning.Name(catalogue, client, vip, within.Protocol, ports);
        return null;
    }

    private void Name(JudgedCatalogue catalogue, in Address client, in Address vip, int protocol, uint? ports)
    {
        Affinity affinity = Service >= 0 ? catalogue.Services[Service].Affinity : Affinity.FiveTuple;
        Flow = affinity switch
        {
            Affinity.Source => new(client, new(0, client.IsIpv6), 0, FlowClass.Other, catalogue.Services[Service].Id.Name),
            Affinity.Addresses => new(client, vip, 0, FlowClass.Other, catalogue.Services[Service].Id.Name),
            _ => new(client, vip, ports ?? (uint)protocol, ports is null ? FlowClass.Other : protocol == Udp ? FlowClass.Udp : FlowClass.Tcp, null),
        };
    }

    private static uint PortsOf(ReadOnlySpan<byte> transport) => (uint)(transport[0] | (transport[1] << 8) | (transport[2] << 16) | (transport[3] << 24));
}

/// <summary>What a packet is to its flow.</summary>
internal enum Role { Flow, FirstFragment, LaterFragment, Error, Echo }
