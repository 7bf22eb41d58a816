using Dataplane.Tests.Ports;

namespace Actors.Tests.BackendHealth;

/// <summary>Servers that go silent: their packets are dropped, nothing is refused.</summary>
internal static class SilentPorts
{
    public static void Silence(this NetworkNamespace place, int port)
    {
        Skip.IfNot(File.Exists("/usr/sbin/nft"), "nft is not installed (./test.sh installs it)");
        place.Execute("/usr/sbin/nft", $"add table inet silent; add chain inet silent in {{ type filter hook input priority 0; }}; add rule inet silent in tcp dport {port} drop");
    }

    public static void SilenceEcho(this NetworkNamespace place)
    {
        Skip.IfNot(File.Exists("/usr/sbin/nft"), "nft is not installed (./test.sh installs it)");
        place.Execute("/usr/sbin/nft", "add table inet silent; add chain inet silent in { type filter hook input priority 0; }; add rule inet silent in icmp type echo-request drop");
    }

    public static void Heal(this NetworkNamespace place) => place.Execute("/usr/sbin/nft", "delete table inet silent");
}
