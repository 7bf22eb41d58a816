using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>The MSS option of a SYN where the service clamps it, here to 1400 bytes: never raised, never added, the checksum right.</summary>
internal static class GoldenMss
{
    private const int Clamp = 1400;

    public static IEnumerable<GoldenCase> Cases => [.. Layouts, .. Untouched, .. Ways, .. Checksums];

    private static PacketBuilder Syn(
        byte[] options, TcpControl flags = TcpControl.Syn, string vip = Cast.Vip4, int payload = 0, uint sequence = 1, int checksumError = 0)
    {
        TcpLayer With(TcpLayer tcp) => tcp with { Options = options, Sequence = sequence, ChecksumError = checksumError };
        return PacketBuilder.Bare.Ipv4(Cast.Client4, vip).Tcp(40000, 80, flags, With).PayloadOf(payload);
    }

    private static PacketBuilder Syn6(byte[] options) =>
        PacketBuilder.Bare.Ipv6(Cast.Client6, Cast.Vip6).Tcp(40000, 80, TcpControl.Syn, tcp => tcp with { Options = options });

    private static GoldenCase Case(string name, PacketBuilder came, PacketBuilder leaves) => new GoldenCase(name, GoldenCatalogues.Clamp)
        .SendPlain(came, Delivered.Gre("clamp", GoldenServer.Four1, leaves));

    private static byte[] Mss(int bytes) => TcpOption.MaximumSegment(bytes);

    private static IEnumerable<GoldenCase> Layouts
    {
        get
        {
            // What stands before and behind the option.
            foreach ((string name, byte[] before, byte[] behind) in new (string, byte[], byte[])[]
            {
                ("alone", [], []),
                ("behind one no-operation, at an odd offset", TcpOption.NoOperation, [1, 1, 1]),
                ("behind two no-operations", [1, 1], [1, 1]),
                ("behind three no-operations", [1, 1, 1], [1]),
                ("last behind others", [.. TcpOption.WindowScale, .. TcpOption.SelectiveAcknowledgement, .. TcpOption.Timestamps, 1], []),
                ("first before others", [], [.. TcpOption.SelectiveAcknowledgement, .. TcpOption.Timestamps, 1, .. TcpOption.WindowScale]),
                ("behind an option nobody knows", [253, 5, 0xAB, 0xCD, 0xEF], [0, 0, 0]),
                ("at the end of 40 bytes", [.. Enumerable.Repeat((byte)1, 36)], []),
            })
            {
                yield return Case($"an MSS of 1460 {name} is clamped", Syn([.. before, .. Mss(1460), .. behind]), Syn([.. before, .. Mss(Clamp), .. behind]));
            }

            yield return Case("an MSS of 1401 is clamped", Syn(Mss(1401)), Syn(Mss(Clamp)));
            yield return Case("an MSS of 65535 is clamped", Syn(Mss(65535)), Syn(Mss(Clamp)));
            yield return Case("a SYN with congestion flags is clamped",
                Syn(Mss(1460), TcpControl.Syn | TcpControl.Ece | TcpControl.Cwr), Syn(Mss(Clamp), TcpControl.Syn | TcpControl.Ece | TcpControl.Cwr));
            yield return Case("a SYN with data is clamped", Syn(Mss(1460), payload: 33), Syn(Mss(Clamp), payload: 33));
        }
    }

    private static IEnumerable<GoldenCase> Untouched
    {
        get
        {
            static GoldenCase Same(string name, PacketBuilder packet) => Case(name, packet, packet);
            yield return Same("an MSS of 1400 stays", Syn(Mss(1400)));
            yield return Same("an MSS of 536 stays", Syn(Mss(536)));
            yield return Same("an MSS of 0 stays", Syn(Mss(0)));
            yield return Same("a SYN without options gets none", Syn([]));
            yield return Same("a SYN with other options gets no MSS", Syn([.. TcpOption.WindowScale, 1, .. TcpOption.Timestamps, 1, 1]));
            yield return Same("a segment that is no SYN is not looked into", Syn(Mss(1460), TcpControl.Ack | TcpControl.Psh));
            yield return Same("what stands behind the end of options is none", Syn([.. TcpOption.End, .. Mss(1460)])) with { IsFlawed = true };
            yield return Same("an MSS option of 3 bytes is none", Syn([2, 3, 0xFF, 1]));
            yield return Same("an MSS option of 6 bytes is none", Syn([2, 6, 0xFF, 0xFF, 0xFF, 0xFF, 1, 1]));
            yield return Same("an option of length 0 ends the search", Syn([253, 0, 1, 1, .. Mss(1460)])) with { IsFlawed = true };
            yield return Same("an option of length 1 ends the search", Syn([253, 1, 1, 1, .. Mss(1460)])) with { IsFlawed = true };
            yield return Same("an option longer than the header ends the search", Syn([253, 12, 0, 0, 1, 1, 1, 1])) with { IsFlawed = true };
            yield return Same("an MSS option that the header cuts off is none", Syn([1, 1, 2, 4])) with { IsFlawed = true };
            yield return Same("an MSS kind in the last byte is none", Syn([1, 1, 1, 2])) with { IsFlawed = true };
            PacketBuilder short24 = Syn([1, 1, 1, 1, .. Mss(1460)], payload: 400).Fragment(0, 24, 0x6001);
            yield return Same("an MSS option that is in the next fragment is not looked for", short24);
            PacketBuilder datagram = Cast.Udp4(vip: "10.1.0.4").Payload([.. new byte[12], 0x70, 2, .. new byte[6], .. Mss(1460)]);
            yield return new GoldenCase("a datagram that looks like a SYN has no MSS", GoldenCatalogues.Clamp)
                .SendPlain(datagram, Delivered.Gre("clamp-all", GoldenServer.Four1, datagram));
            PacketBuilder plain = Syn(Mss(9000));
            yield return new GoldenCase("a service without a clamp leaves the MSS", GoldenCatalogues.Web)
                .SendPlain(plain, Delivered.Gre("web", GoldenServer.Four1, plain));
        }
    }

    private static IEnumerable<GoldenCase> Ways
    {
        get
        {
            static GoldenCase Of(string name, PacketBuilder frame, GoldenExpectation expected) => new GoldenCase(name, GoldenCatalogues.Clamp)
                .Send(frame, expected);
            PacketBuilder came = Syn(Mss(1460)), leaves = Syn(Mss(Clamp)), came6 = Syn6(Mss(1440)), leaves6 = Syn6(Mss(Clamp));
            static GreLayer Summed(GreLayer gre) => gre with { HasChecksum = true, Key = 5 };
            yield return Of("a SYN in GRE is clamped", Came.InGre4().Then(came), Delivered.InPlace("clamp", GoldenServer.Four1, leaves));
            yield return Of("a SYN in GRE over IPv6 is clamped", Came.InGre6().Then(came), Delivered.Replaced("clamp", GoldenServer.Four1, leaves));
            yield return Of("a GRE checksum is right after the clamp", Came.InGre4(gre: Summed).Then(came),
                Forwarded("clamp", GoldenServer.Four1, open => Sent.InPlace4(open, gre: Summed).Then(leaves)));
            yield return Of("an IPv6 SYN is clamped", Came.Plain.Then(came6), Delivered.Gre("clamp6", GoldenServer.Six1, leaves6));
            yield return Of("an IPv6 SYN in GRE with a checksum is clamped", Came.InGre6(gre: Summed).Then(came6),
                Forwarded("clamp6", GoldenServer.Six1, open => Sent.InPlace6(open, gre: Summed).Then(leaves6)));
            PacketBuilder behind = PacketBuilder.Bare.Ipv6(Cast.Client6, Cast.Vip6).DestinationOptions();
            PacketBuilder optioned = behind.Tcp(40000, 80, TcpControl.Syn, tcp => tcp with { Options = Mss(1440) }),
                clamped = behind.Tcp(40000, 80, TcpControl.Syn, tcp => tcp with { Options = Mss(Clamp) });
            yield return Of("a SYN behind IPv6 options is clamped", Came.Plain.Then(optioned), Delivered.Gre("clamp6", GoldenServer.Six1, clamped));
            PacketBuilder ipip = Syn(Mss(1460), vip: "10.1.0.2"), ipipLeaves = Syn(Mss(Clamp), vip: "10.1.0.2"), lan = Syn(Mss(1460), vip: "10.1.0.3"),
                lanLeaves = Syn(Mss(Clamp), vip: "10.1.0.3");
            PacketBuilder any = Syn(Mss(1460), vip: "10.1.0.4"), anyLeaves = Syn(Mss(Clamp), vip: "10.1.0.4");
            yield return Of("a SYN to a service of any protocol is clamped", Came.Plain.Then(any), Delivered.Gre("clamp-all", GoldenServer.Four1, anyLeaves));
            yield return Of("a SYN by ipip is clamped", Came.Plain.Then(ipip), Delivered.By(GoldenForm.Ipip, "clamp-ipip", GoldenServer.Four1, ipipLeaves));
            yield return Of("a SYN by l2 is clamped", Came.InGre4().Then(lan), Delivered.By(GoldenForm.L2, "clamp-l2", GoldenServer.Four1, lanLeaves));
        }
    }

    private static IEnumerable<GoldenCase> Checksums
    {
        get
        {
            // RFC 1624 section 3: an update by subtraction gets these wrong.
            foreach (int wanted in new[] { 0x0000, 0x0001, 0xFFFE })
            {
                uint sequence = SequenceFor(wanted);
                PacketBuilder With(int mss) => Syn(Mss(mss), sequence: sequence);
                yield return Case($"a clamp that leaves checksum 0x{wanted:x4} is right", With(1460), With(Clamp));
            }

            PacketBuilder Wrong(int mss) => Syn(Mss(mss), sequence: SequenceFor(0x1234), checksumError: 1);
            yield return Case("a wrong checksum is as wrong after the clamp", Wrong(1460), Wrong(Clamp)) with { IsFlawed = true };
        }
    }

    /// <summary>The sequence number with which the clamped SYN has that checksum.</summary>
    private static uint SequenceFor(int checksum)
    {
        for (uint sequence = 0; sequence <= 0x1FFFF; sequence++)
        {
            byte[] packet = Syn(Mss(Clamp), sequence: sequence).Build();
            if (((packet[36] << 8) | packet[37]) == checksum) return sequence;
        }

        throw new InvalidOperationException($"no SYN has checksum {checksum}");
    }
}
