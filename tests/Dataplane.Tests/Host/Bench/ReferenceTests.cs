using RustyRail.Contract.Hashing;
using RustyRail.Dataplane.Host.Bench;
using RustyRail.Tests.Support.Packets;

namespace Dataplane.Tests.Host.Bench;

/// <summary>The yardstick in C does the same work: of the same tables and traffic it makes the same choices, verdicts and bytes, in the same order.</summary>
public sealed class ReferenceTests(ReferenceProgram reference) : IClassFixture<ReferenceProgram>
{
    private const int Packets = 20_000, FewPackets = 100;

    private const int TcpBytes = 20;

    private static readonly byte[] Client = [10, 0, 0, 1];

    private static readonly PacketBuilder Tunnel = PacketBuilder.Ethernet().Ipv4("192.168.137.254", "192.168.137.188");

    private static readonly Dictionary<string, BenchOptions> Traffic = new()
    {
        ["gre"] = new(),
        ["plain"] = new() { Frame = BenchFrame.Plain() },
        ["one flow"] = new() { Flows = 1 },
        ["zipf"] = new() { Distribution = FlowDistribution.Zipf },
        ["SipHash"] = new() { Hash = FlowHashKey.SipHash13 },
        ["no flow table"] = new() { HasFlowTable = false },
        ["syn"] = new() { Frame = BenchFrame.Gre().AsSyn(), IsSyn = true },
        ["fill"] = new() { Frame = BenchFrame.Gre().AsSyn(), IsSyn = true, IsFill = true },
    };

    private static readonly Dictionary<string, PacketBuilder> Frames = new()
    {
        ["outer options"] = PacketBuilder.Ethernet().Ipv4("192.168.137.254", "192.168.137.188", ip => ip with { Options = [1, 1, 1, 1] }).Gre().Ipv4("10.0.0.1", "10.1.0.1").Tcp(1024, 80),
        ["inner options"] = Tunnel.Gre().Ipv4("10.0.0.1", "10.1.0.1", ip => ip with { Options = [1, 1, 1, 0] }).Tcp(1024, 80),
        ["GRE key and sequence"] = Tunnel.Gre(gre => gre with { Key = 5, Sequence = 6 }).Ipv4("10.0.0.1", "10.1.0.1").Tcp(1024, 80),
        ["end of a connection"] = Tunnel.Gre().Ipv4("10.0.0.1", "10.1.0.1").Tcp(1024, 80, TcpControl.Fin | TcpControl.Ack),
        ["reset"] = PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.1.0.1", ip => ip with { TypeOfService = 0xB9 }).Tcp(1024, 80, TcpControl.Rst),
        ["GRE version"] = Tunnel.Gre(gre => gre with { MoreFlags = 1 }).Ipv4("10.0.0.1", "10.1.0.1").Tcp(1024, 80),
        ["GRE checksum wrong"] = Tunnel.Gre(gre => gre with { HasChecksum = true, ChecksumError = 1 }).Ipv4("10.0.0.1", "10.1.0.1").Tcp(1024, 80),
        ["outer checksum wrong"] = PacketBuilder.Ethernet().Ipv4("192.168.137.254", "192.168.137.188", ip => ip with { ChecksumError = 1 }).Gre().Ipv4("10.0.0.1", "10.1.0.1").Tcp(1024, 80),
        ["inner checksum wrong"] = Tunnel.Gre().Ipv4("10.0.0.1", "10.1.0.1", ip => ip with { ChecksumError = 1 }).Tcp(1024, 80),
        ["inner too long"] = Tunnel.Gre().Ipv4("10.0.0.1", "10.1.0.1", ip => ip with { TotalLength = 41 }).Tcp(1024, 80),
        ["outer too long"] = PacketBuilder.Ethernet().Ipv4("192.168.137.254", "192.168.137.188", ip => ip with { TotalLength = 65 }).Gre().Ipv4("10.0.0.1", "10.1.0.1").Tcp(1024, 80),
        ["outer shorter than its header"] = PacketBuilder.Ethernet().Ipv4("192.168.137.254", "192.168.137.188", ip => ip with { TotalLength = 19 }).Gre().Ipv4("10.0.0.1", "10.1.0.1").Tcp(1024, 80),
        ["header length too small"] = Tunnel.Gre().Ipv4("10.0.0.1", "10.1.0.1", ip => ip with { HeaderWords = 4 }).Tcp(1024, 80),
        ["TCP header too short"] = Tunnel.Gre().Ipv4("10.0.0.1", "10.1.0.1").Tcp(1024, 80, TcpControl.Ack, tcp => tcp with { HeaderWords = 4 }),
        ["TCP header too long"] = Tunnel.Gre().Ipv4("10.0.0.1", "10.1.0.1").Tcp(1024, 80, TcpControl.Ack, tcp => tcp with { HeaderWords = 6 }),
        ["TTL at its end"] = PacketBuilder.Ethernet().Ipv4("192.168.137.254", "192.168.137.188", ip => ip with { TimeToLive = 1 }).Gre().Ipv4("10.0.0.1", "10.1.0.1").Tcp(1024, 80),
        ["another type of frame"] = PacketBuilder.Ethernet(type: 0x0806).Ipv4("10.0.0.1", "10.1.0.1").Tcp(1024, 80),
    };

    public static TheoryData<string> TrafficNames => [.. Traffic.Keys];

    public static TheoryData<string> FrameNames => [.. Frames.Keys];

    [SkippableTheory]
    [MemberData(nameof(TrafficNames))]
    public void The_same_of_many_flows(string name) => AssertSame(Traffic[name] with { Flows = Math.Min(Traffic[name].Flows, 5_000) }, Packets);

    [SkippableTheory]
    [MemberData(nameof(FrameNames))]
    public void The_same_of_what_is_rare_or_wrong(string name)
    {
        byte[] bytes = Frames[name].Build();
        AssertSame(new BenchOptions { Flows = 7, Frame = new BenchFrame(bytes, bytes.AsSpan().LastIndexOf(Client), bytes.Length - TcpBytes) }, FewPackets);
    }

    private void AssertSame(BenchOptions options, int packets)
    {
        Skip.IfNot(reference.HasCompiler, "gcc is not installed");
        string traffic = Path.Combine(reference.Directory, "traffic");
        using StringWriter ours = new();
        int exit;
        using (BenchPipeline pipeline = new(options))
        {
            SavedBench.Write(traffic, pipeline, options);
            exit = LeavingFrames.Print(pipeline, packets, ours);
        }

        Assert.Equal(packets, Lines(ours.ToString()).Length);
        foreach (string[] variant in new string[][] { [], ["--recent"], ["--private"] })
        {
            (int theirExit, string theirs) = reference.Run([.. variant, "--frames", "--packets", $"{packets}", traffic]);
            Assert.Equal(Lines(ours.ToString()), Lines(theirs));
            Assert.Equal(exit, theirExit);
        }
    }

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
