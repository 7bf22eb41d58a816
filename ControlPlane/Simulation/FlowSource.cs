using System.Runtime.CompilerServices;
using RustyRail.Contract.Hashing;

namespace RustyRail.ControlPlane.Simulation;

/// <summary>
/// Flow number n and its two hashes: the balancers' own, and the router's, which knows nothing of it. Clients are numbered
/// addresses with numbered ports, as regular as real ones, so that the hash has to do the mixing.
/// </summary>
internal readonly struct FlowSource
{
    private const ulong FirstClient = 0x0A00_0000, Vip = 0x0A01_0001, PortsOfClient = 28_000, FirstPort = 32_768, TcpClass = 6UL << 32;

    private readonly FlowHash _balancers;
    private readonly FlowHash _router;

    public FlowSource(int seed)
    {
        _balancers = Keys.Hash(seed, "balancers");
        _router = Keys.Hash(seed, "router");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Hash(long flow, out ulong hash, out ulong path)
    {
        ulong client = (ulong)flow / PortsOfClient;
        ulong addresses = (FirstClient + client) | (Vip << 32);
        ulong rest = (FirstPort + ((ulong)flow - (client * PortsOfClient))) | (80UL << 16) | TcpClass;
        hash = _balancers.Of(addresses, rest);
        path = _router.Of(addresses, rest);
    }
}
