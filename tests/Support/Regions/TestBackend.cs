using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using RustyRail.Contract;
using RustyRail.Contract.Snapshots;

namespace RustyRail.Tests.Support.Regions;

/// <summary>A backend as health, catalogue and next hops would have it. Its MAC is made of its address.</summary>
internal sealed record TestBackend(IPAddress Address)
{
    public const string BalancerAddress = "192.168.137.188", BalancerIpv6 = "2001:db8:137::188", BalancerMac = "02:00:00:00:00:01";

    public int Weight { get; init; } = 100;
    public bool TakesNew { get; init; } = true;
    public bool TakesEstablished { get; init; } = true;
    public bool HasNextHop { get; init; } = true;
    public ushort MtuBytes { get; init; } = 1500;

    public TestBackend Drained => this with { TakesNew = false };
    public TestBackend Down => this with { TakesNew = false, TakesEstablished = false };

    /// <summary>02:bb and the last four bytes of the address.</summary>
    public string Mac => $"02:bb:{string.Join(':', Address.GetAddressBytes()[^4..].Select(part => $"{part:x2}"))}";

    public BackendContent ToContent(BackendId id) => new(id, Address, TakesNew, TakesEstablished, Health: 1, HasNextHop ? NextHop() : null);

    private NextHopContent NextHop() =>
        new([.. Packets.PacketBuilder.Mac(Mac)], [.. Packets.PacketBuilder.Mac(BalancerMac)], IPAddress.Parse(Address.AddressFamily == AddressFamily.InterNetwork ? BalancerAddress : BalancerIpv6), MtuBytes);
}
