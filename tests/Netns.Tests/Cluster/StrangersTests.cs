using System.Net;
using System.Text.RegularExpressions;
using Netns.Tests.Lab;
using Xunit.Abstractions;
using static Netns.Tests.Cluster.RemotingPeer;

namespace Netns.Tests.Cluster;

/// <summary>Whatever arrives at the remoting port, from whoever: members and catalogue stay as they are and the node goes on.</summary>
[Collection(OneLabAtATime.Name)]
public sealed partial class StrangersTests(ITestOutputHelper output)
{
    private const int MaxFrameBytes = 4 << 20, ManyConnections = 300, RandomSeed = 6, OurSerializer = 117;
    private const string ClientsAddress = "192.168.137.101";

    private static readonly string[] _all = ["lb1", "lb2"];
    private static readonly IPEndPoint _node = IPEndPoint.Parse("192.168.137.188:4053");
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public void Without_a_certificate_of_the_authority_no_byte_gets_further_than_the_handshake()
    {
        using LabCluster cluster = LabCluster.Up(balancers: 2);
        string before = State(cluster);
        Random random = new(RandomSeed);
        Make("others", "client1");

        using (RemotingPeer noise = Plain(_node))
        {
            for (int sent = 0; sent < 128 && noise.TrySend(Bytes(random, 1 << 16)); sent++) ;
            Assert.True(noise.IsClosedWithin(_bound));
        }

        using (RemotingPeer frames = Plain(_node))
        {
            frames.TrySend(Frame(Introduction(ClientsAddress, 4053)));
            Assert.True(frames.IsClosedWithin(_bound));
        }

        for (int times = 0; times < 20; times++) Assert.Null(Tls(_node, "others", "client1"));
        // Who connects and says nothing takes nothing away from others.
        RemotingPeer[] silent = [.. Enumerable.Range(0, ManyConnections).Select(_ => Plain(_node))];
        AssertGoesOn(cluster, before);
        foreach (RemotingPeer peer in silent) peer.Dispose();

        string[] lines = [.. LogLines().Where(line => line.Contains(ClientsAddress, StringComparison.Ordinal))];
        foreach (string line in lines) output.WriteLine(line);
        Assert.InRange(lines.Length, 1, 2);
        AssertNothingNewBegan();
    }

    [SkippableFact]
    public void A_peer_with_a_valid_certificate_that_sends_nonsense_changes_nothing()
    {
        using LabCluster cluster = LabCluster.Up(balancers: 2);
        string before = State(cluster);
        Random random = new(RandomSeed);
        Make("authority", "client1");

        // Frames that are too long, whether announced only or sent in full, or of a length that cannot be.
        foreach (byte[] bytes in (byte[][])[[.. Length(int.MaxValue), .. new byte[1 << 16]], [.. Length(-1), .. new byte[64]], Frame(new byte[MaxFrameBytes + 1]), Frame(Bytes(random, 2 * MaxFrameBytes))])
        {
            using RemotingPeer peer = Tls(_node, "authority", "client1")!;
            peer.TrySend(bytes);
            Assert.True(peer.IsClosedWithin(_bound), $"{bytes.Length} bytes that begin with {Convert.ToHexString(bytes.AsSpan(0, 8))} are taken");
        }

        // Frames of the right length full of anything.
        foreach (int length in (int[])[0, 1, 100, 10_000, MaxFrameBytes - 1])
        {
            using RemotingPeer peer = Tls(_node, "authority", "client1")!;
            for (int times = 0; times < (length > 10_000 ? 2 : 50) && peer.TrySend(Frame(Bytes(random, length))); times++) ;
            peer.TrySend(Frame(Introduction(ClientsAddress, 4053)).AsSpan()[..^3]);
        }

        // Introduced as a node should be, then messages that nobody can read, to actors that are there.
        using (RemotingPeer peer = Tls(_node, "authority", "client1")!)
        {
            Assert.True(peer.TrySend(Frame(Introduction(ClientsAddress, 4053))));
            foreach (string path in (string[])["/user/door", "/user/catalogue", "/user/exceptions", "/user/membership", "/system/ddataReplicator", "/system/cluster/core/daemon", "/system/nobody"])
            {
                foreach (string manifest in (string[])["FK", "FI", "FT", "CE", "CL", "EH", "RO", "NS", "XX", ""])
                {
                    peer.TrySend(Frame(Message(_node, path, OurSerializer, manifest, Bytes(random, random.Next(200)))));
                }

                for (int serializer = -10; serializer < 40; serializer++) peer.TrySend(Frame(Message(_node, path, serializer, "", Bytes(random, 50))));
                peer.TrySend(Frame(Message(_node, path, 1, "System.IO.FileInfo, System.Private.CoreLib", """{"$type":"System.IO.FileInfo, System.Private.CoreLib","fileName":"/etc/passwd"}"""u8)));
            }

            peer.TrySend(Frame(Bytes(random, 1000)));
        }

        AssertGoesOn(cluster, before);
        string[] lines = [.. LogLines().Where(line => line.Contains(ClientsAddress, StringComparison.Ordinal))];
        foreach (string line in lines) output.WriteLine(line);
        Assert.True(lines.Length <= 5, $"{lines.Length} lines of log about one source");
        AssertNothingNewBegan();
    }

    private static void AssertGoesOn(LabCluster cluster, string before)
    {
        cluster.Agreed(_all);
        Assert.Equal(before, State(cluster));
        // A change through the node that was spoken to still reaches the other one, and back.
        cluster["lb1"].SetWeight("server1", 55);
        cluster.Agreed(_all);
        cluster["lb2"].SetWeight("server1", 100);
        cluster.Agreed(_all);
        Assert.Equal(before, State(cluster));
    }

    private static void AssertNothingNewBegan()
    {
        Assert.Single(LogLines(), line => line.Contains("A new ActorSystem begins", StringComparison.Ordinal)); // with the key, at its birth
        Assert.DoesNotContain(LogLines(), line => StackTrace().IsMatch(line));
    }

    private static string State(LabCluster cluster) => string.Join(' ', _all.SelectMany(name => cluster[name].Facts()!.Members)) + cluster.AssertOneExport(_all);

    private static IEnumerable<string> LogLines() => File.ReadLines(TestBed.HostFile("lb1", "rustyrail.log"));

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static void Make(string authority, string host)
    {
        string path = Path.Combine(TestBed.StateDirectory, authority);
        string command = $". {Repository.Root}/lab/lib/certificates.sh; [ -e {path}/authority.pem ] || make_authority {path}; make_certificate {path} {host}";
        Command.Run("bash", ["-c", command]).OrFail();
    }

    [GeneratedRegex(@"^ +at .*\(")]
    private static partial Regex StackTrace();
}
