using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ControlPlane.Tests.Native;
using RustyRail.ControlPlane.NextHops;

namespace ControlPlane.Tests.NextHops;

/// <summary>
/// A balancer (eth0, 192.0.2.1) and a server (eth0, 192.0.2.2) on one veth pair, each in a namespace of its own, with neighbour timers short enough for tests.
/// </summary>
internal sealed class TwoNamespaces : IDisposable
{
    private static int _count;
    private readonly string _balancer, _server;

    public TwoNamespaces()
    {
        Skip.IfNot(Environment.UserName == "root" && File.Exists("/sbin/ip"), "network namespaces need root and iproute2");
        string prefix = $"rrt-nh-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        (_balancer, _server) = ($"{prefix}-lb", $"{prefix}-server");
        try
        {
            Run($"ip netns add {_balancer}");
            Run($"ip netns add {_server}");
            MakePair();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public const string BalancerMac = "02:00:00:00:00:01", ServerMac = "02:00:00:00:00:02";

    /// <summary>Opens routing sockets of the balancer; <see cref="Opened"/> counts them.</summary>
    public RtnetlinkOpener Opener => groups =>
    {
        int[] copy = groups.ToArray();
        Interlocked.Increment(ref _opened);
        return Setns.Within(_balancer, () => RtnetlinkSocket.Open(copy));
    };

    private int _opened;

    public int Opened => Volatile.Read(ref _opened);

    public void MakePair(string balancerMac = BalancerMac)
    {
        Run($"ip -n {_balancer} link add eth0 address {balancerMac} type veth peer name eth0 address {ServerMac} netns {_server}");
        Timers(_balancer);
        OnBalancer("ip addr add 192.0.2.1/24 dev eth0");
        OnServer("ip addr add 192.0.2.2/24 dev eth0");
        OnServer("ip link set eth0 up");
        OnBalancer("ip link set eth0 up");
    }

    public string OnBalancer(string command) => Run($"ip netns exec {_balancer} {command}");

    public string ShellOnBalancer(string script) => Run("ip", ["netns", "exec", _balancer, "sh", "-c", script]);

    public string OnServer(string command) => Run($"ip netns exec {_server} {command}");

    /// <summary>A router advertisement (RFC 4861 section 4.2) of the server, by no default router, with nothing but an MTU.</summary>
    public void AnnounceMtu(int bytes)
    {
        ShellOnBalancer("echo 2 > /proc/sys/net/ipv6/conf/eth0/accept_ra");
        OnServer("ip addr add fe80::2/64 dev eth0 nodad");
        int device = int.Parse(OnServer("ip -o link show dev eth0").Split(':')[0], CultureInfo.InvariantCulture);
        using Socket socket = Setns.Within(_server, () => new Socket(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6));
        // Routers' messages count only from link-local addresses and when no router can have passed them on.
        socket.Bind(new IPEndPoint(IPAddress.Parse($"fe80::2%{device}"), 0));
        socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastTimeToLive, 255);
        byte[] advertisement = new byte[24];
        (advertisement[0], advertisement[16], advertisement[17]) = (134, 5, 1);
        BinaryPrimitives.WriteInt32BigEndian(advertisement.AsSpan(20), bytes);
        socket.SendTo(advertisement, new IPEndPoint(IPAddress.Parse($"ff02::1%{device}"), 0));
    }

    public void Dispose()
    {
        foreach (string name in (string[])[_balancer, _server])
        {
            if (File.Exists($"/run/netns/{name}")) Run($"ip netns del {name}");
        }
    }

    // Defaults would have a dead neighbour noticed after 20 to 50 s, and would ignore a new MAC for the first second.
    private static void Timers(string name)
    {
        string[] settings =
        [
            "base_reachable_time_ms=300", "delay_first_probe_time=1", "interval_probe_time_ms=300",
            "retrans_time_ms=100", "ucast_solicit=1", "mcast_solicit=1", "locktime=0",
        ];
        string script = string.Join(" && ", from setting in settings
                                            from family in (string[])["ipv4", "ipv6"]
                                            select $"echo {setting.Split('=')[1]} > /proc/sys/net/{family}/neigh/eth0/{setting.Split('=')[0]}");
        Run("ip", ["netns", "exec", name, "sh", "-c", script]);
    }

    private static string Run(string command) => Run(command.Split(' ')[0], command.Split(' ')[1..]);

    private static string Run(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {errors.Result}");
    }
}
