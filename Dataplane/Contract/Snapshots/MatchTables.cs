using System.Net;
using System.Net.Sockets;
using RustyRail.Contract.Specification;

namespace RustyRail.Contract.Snapshots;

/// <summary>Writes the look-up tables that turn (destination, protocol, port) into a service slot. Owner: the publisher, on a slot nobody reads.</summary>
internal static unsafe class MatchTables
{
    public static void Write(SnapshotView into, IReadOnlyCollection<(ServiceSpec Spec, int Slot)> services)
    {
        new Span<byte>(into.Exact, checked((int)((into.ExactMask + 1) * sizeof(ExactEntry)))).Clear();
        new Span<byte>(into.Vips, checked((int)((into.VipMask + 1) * sizeof(VipEntry)))).Clear();
        into.Header->CatchAllIpv4 = into.Header->CatchAllIpv6 = -1;
        List<(ServiceSpec Spec, int Slot)> exact = [], rules = [];
        foreach ((ServiceSpec spec, int slot) in services)
        {
            if (IsCatchAll(spec) && spec.Vip.BaseAddress.AddressFamily == AddressFamily.InterNetwork) into.Header->CatchAllIpv4 = slot;
            else if (IsCatchAll(spec)) into.Header->CatchAllIpv6 = slot;
            else if (IsExact(spec)) exact.Add((spec, slot));
            else rules.Add((spec, slot));
        }

        WriteRules(into, rules);
        foreach ((ServiceSpec spec, int slot) in exact) AddExact(into, spec, slot);
        for (uint i = 0; i <= into.VipMask; i++)
        {
            if (into.Vips[i].State == SlotState.Free) continue;
            into.Vips[i].FragmentsTcp = FragmentService(into.Vips[i].Vip, Protocol.Tcp, services);
            into.Vips[i].FragmentsUdp = FragmentService(into.Vips[i].Vip, Protocol.Udp, services);
        }
    }

    /// <summary>A /0 means every router-made GRE packet, whatever its inner destination; plain packets never match it.</summary>
    public static bool IsCatchAll(ServiceSpec spec) => spec.Vip.PrefixLength == 0;

    /// <summary>A fragment without ports may be of any of these services: good if it makes no difference which.</summary>
    private static int FragmentService(in IpKey vip, Protocol protocol, IReadOnlyCollection<(ServiceSpec Spec, int Slot)> services)
    {
        (ServiceSpec Spec, int Slot)? first = null;
        foreach ((ServiceSpec spec, int slot) in services)
        {
            bool isCandidate = !IsCatchAll(spec) && (spec.Protocol == protocol || spec.Protocol == Protocol.Any)
                && IpKey.From(spec.Vip.BaseAddress).SharesPrefix(vip, IpKey.MappedBits(spec.Vip));
            if (!isCandidate) continue;
            first ??= (spec, slot);
            if (spec.Pool != first.Value.Spec.Pool || spec.Send != first.Value.Spec.Send || spec.Overlay != first.Value.Spec.Overlay) return -1;
        }

        return first?.Slot ?? VipEntry.NoService;
    }

    private static bool IsHost(ServiceSpec spec) => IpKey.MappedBits(spec.Vip) == 128;

    private static bool IsExact(ServiceSpec spec) => IsHost(spec) && spec.Protocol is (Protocol.Tcp or Protocol.Udp) && spec.Ports.IsSingle;

    private static void AddExact(SnapshotView into, ServiceSpec spec, int slot)
    {
        IpKey vip = IpKey.From(spec.Vip.BaseAddress);
        ushort port = (ushort)IPAddress.HostToNetworkOrder((short)spec.Ports.From);
        uint at = SnapshotView.ExactHash(vip, (byte)spec.Protocol, port) & into.ExactMask;
        while (into.Exact[at].State != SlotState.Free) at = (at + 1) & into.ExactMask;
        into.Exact[at] = new() { Vip = vip, Port = port, Protocol = (byte)spec.Protocol, Service = slot, State = SlotState.InUse };
        // Known as a VIP even without rules: a malformed packet to it is dropped, not left to the host.
        VipAt(into, vip);
    }

    /// <summary>Single addresses first, one run each; then all prefixes, the longest first. Within a run the most specific first.</summary>
    private static void WriteRules(SnapshotView into, List<(ServiceSpec Spec, int Slot)> rules)
    {
        (ServiceSpec Spec, int Slot)[] ordered = [.. rules
            .OrderByDescending(rule => IpKey.MappedBits(rule.Spec.Vip))
            .ThenBy(rule => rule.Spec.Vip.BaseAddress.ToString(), StringComparer.Ordinal)
            .ThenBy(rule => rule.Spec.Protocol == Protocol.Any)
            .ThenBy(rule => rule.Spec.Ports.To - rule.Spec.Ports.From)];
        int singles = ordered.TakeWhile(rule => IsHost(rule.Spec)).Count();
        for (int i = 0; i < ordered.Length; i++)
        {
            (ServiceSpec spec, int slot) = ordered[i];
            IpKey vip = IpKey.From(spec.Vip.BaseAddress);
            into.Rules[i] = new()
            {
                Vip = vip,
                PrefixBits = IpKey.MappedBits(spec.Vip),
                Protocol = (byte)spec.Protocol,
                PortFrom = spec.Ports.From,
                PortTo = spec.Ports.To,
                Service = slot,
            };
            if (i < singles) AddToRun(into, vip, i);
        }

        into.Header->FirstPrefixRule = singles;
        into.Header->PrefixRules = ordered.Length - singles;
    }

    private static void AddToRun(SnapshotView into, in IpKey vip, int rule)
    {
        VipEntry* entry = VipAt(into, vip);
        if (entry->Rules++ == 0) entry->FirstRule = (ushort)rule;
    }

    private static VipEntry* VipAt(SnapshotView into, in IpKey vip)
    {
        uint at = SnapshotView.VipHash(vip) & into.VipMask;
        while (into.Vips[at].State != SlotState.Free && !into.Vips[at].Vip.Equals(vip)) at = (at + 1) & into.VipMask;
        if (into.Vips[at].State == SlotState.Free) into.Vips[at] = new() { Vip = vip, State = SlotState.InUse };
        return into.Vips + at;
    }
}
