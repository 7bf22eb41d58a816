using Dataplane.Tests.Ports;

namespace Actors.Tests.BackendHealth;

/// <summary>Servers that go silent: their packets are dropped, nothing is refused.</summary>
internal static class SilentPorts
{
    private const string Nft = "/usr/sbin/nft";

    public static void Silence(this NetworkNamespace place, int port) => place.Drop($"tcp dport {port}");

    public static void SilenceEcho(this NetworkNamespace place)
    {
        place.Drop("icmp type echo-request");
        place.Drop("icmpv6 type echo-request");
    }

    public static void Heal(this NetworkNamespace place) => place.Execute(Nft, "delete table inet silent");

    private static void Drop(this NetworkNamespace place, string what)
    {
        Skip.IfNot(File.Exists(Nft), "nft is not installed (./test.sh installs it)");
        place.Execute(Nft, $"add table inet silent; add chain inet silent in {{ type filter hook input priority 0; }}; add rule inet silent in {what} drop");
    }
}
