using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Dataplane.Tests.Ports;
using RustyRail.Dataplane.Host.Decap;

namespace Dataplane.Tests.Host.Decap;

/// <summary>
/// Two namespaces with one cable: "client", whose packets to the VIPs pass a balancer made of <see cref="Encapsulator"/>, and "server" with the VIPs on lo.
/// Answers go straight back.
/// </summary>
internal sealed class DecapLab : IDisposable
{
    public const string Device = "server0", ClientDevice = "client0", Vip = "10.1.0.1", Vip6 = "2001:db8:1::1";

    private const string Client = "10.0.0.1", Client6 = "2001:db8:10::1";

    public DecapLab(int mtu = 1500)
    {
        ClientSide = NetworkNamespace.CreateOrSkip();
        Server = NetworkNamespace.CreateOrSkip();
        foreach (NetworkNamespace side in (NetworkNamespace[])[ClientSide, Server])
        {
            side.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/default/accept_dad", "0"));
            side.Run(() => File.WriteAllText("/proc/sys/net/ipv4/conf/all/rp_filter", "0"));
            side.Run(() => File.WriteAllText("/proc/sys/net/ipv4/conf/default/rp_filter", "0"));
        }

        ClientSide.Ip($"link add {ClientDevice} address 02:00:00:00:00:02 mtu {mtu} type veth peer name {Device} address 02:00:00:00:00:01 mtu {mtu} netns {Server.ThreadId}");
        Connect(ClientSide, ClientDevice, TunnelFrame.Balancer, TunnelFrame.Balancer6, Client, Client6);
        Connect(Server, Device, TunnelFrame.Server, TunnelFrame.Server6, Vip, Vip6);
        Server.Ip($"route add {Client} via {TunnelFrame.Balancer}");
        Server.Ip($"-6 route add {Client6} via {TunnelFrame.Balancer6}");
        Wire = ClientSide.Run(() => new PacketTap(ClientDevice));
        Balancer = ClientSide.Run(() => new Encapsulator(Wire));
        // The largest of the outer headers are 40 + 8 + 4 bytes.
        ClientSide.Ip($"link set {Encapsulator.Device} mtu 1440");
        ClientSide.Ip($"route add {Vip} dev {Encapsulator.Device} src {Client}");
        ClientSide.Ip($"-6 route add {Vip6} dev {Encapsulator.Device} src {Client6}");
    }

    public NetworkNamespace ClientSide { get; }

    public NetworkNamespace Server { get; }

    public PacketTap Wire { get; }

    public Encapsulator Balancer { get; }

    public static DecapOptions Options(string? device = null) =>
        new("decap0", device, DecapForms.All, 6080, [IPNetwork.Parse("192.168.137.0/24"), IPNetwork.Parse("2001:db8:137::/64")], null);

    /// <summary>A connection to the VIP in that form; 200,000 bytes there, and the server's digest of them back.</summary>
    public void Exchange(TunnelFrame form)
    {
        Balancer.Form = form;
        IPAddress vip = IPAddress.Parse(form.IsIpv6Inside ? Vip6 : Vip);
        using Socket listener = Server.Run(() =>
        {
            Socket socket = new(vip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(vip, 0));
            socket.Listen();
            return socket;
        });
        using Socket client = ClientSide.Run(() => new Socket(vip.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { SendTimeout = 10_000, ReceiveTimeout = 10_000 });
        Assert.True(client.ConnectAsync((IPEndPoint)listener.LocalEndPoint!).Wait(TimeSpan.FromSeconds(10)), $"{form}: no connection");
        byte[] sent = RandomNumberGenerator.GetBytes(200_000);
        Task<byte[]> answer = Task.Run(() => Digest(listener));
        client.Send(sent);
        client.Shutdown(SocketShutdown.Send);
        byte[] received = new byte[SHA256.HashSizeInBytes];
        Assert.Equal(received.Length, client.Receive(received));
        Assert.Equal(SHA256.HashData(sent), received);
        answer.Wait();
    }

    /// <summary>Runs beside the test, on a thread of the server's namespace; the result is what <see cref="IDecapWay.Run"/> says.</summary>
    public Task<string?> Start(IDecapWay way)
    {
        TaskCompletionSource<string?> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        // A thread is in the namespace of the thread that starts it.
        Server.Run(() => new Thread(() =>
        {
            try
            {
                ended.SetResult(way.Run());
            }
            catch (Exception e)
            {
                ended.SetException(e);
            }
        })
        { IsBackground = true }.Start());
        return ended.Task;
    }

    public static void StopAndAwait(IDecapWay way, Task<string?> run)
    {
        way.Stop();
        Assert.True(run.Wait(TimeSpan.FromSeconds(10)), "it does not stop");
        Assert.Null(run.Result);
    }

    public void Dispose()
    {
        Balancer.Dispose();
        Wire.Dispose();
        ClientSide.Dispose();
        Server.Dispose();
    }

    private static void Connect(NetworkNamespace side, string device, string address, string address6, string own, string own6)
    {
        side.Ip($"address add {address}/24 dev {device}");
        side.Ip($"address add {address6}/64 dev {device}");
        side.Ip($"address add {own}/32 dev lo");
        side.Ip($"address add {own6}/128 dev lo");
        side.Ip($"link set {device} up");
        side.Execute("ethtool", $"-K {device} tx off");
    }

    private static byte[] Digest(Socket listener)
    {
        using Socket accepted = listener.Accept();
        using NetworkStream stream = new(accepted);
        byte[] digest = SHA256.HashData(stream);
        stream.Write(digest);
        return digest;
    }
}
