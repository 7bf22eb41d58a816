using System.ComponentModel;
using System.Diagnostics;
using RustyRail.Dataplane.Ports.Pcap;

namespace Dataplane.Tests.Golden;

/// <summary>An analyser that shares nothing with this repository.</summary>
internal static class Tshark
{
    // Ports of the table belong to protocols whose data it does not have; fragments are judged one by one.
    private static readonly string[] _settings =
    [
        "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE",
        "-o", "tcp.analyze_sequence_numbers:FALSE", "-o", "tcp.desegment_tcp_streams:FALSE",
        "--disable-protocol", "dns", "--disable-protocol", "mdns", "--disable-protocol", "http", "--disable-protocol", "tls", "--disable-protocol", "ssh",
    ];

    /// <summary>The numbers, from 1, of the frames that it calls malformed or whose checksums it calls wrong.</summary>
    public static Dictionary<int, string> Complaints(IEnumerable<byte[]> frames)
    {
        // It also sums up what an ICMP error quotes of a segment, as if that were the whole.
        const string Wrong = "_ws.malformed or _ws.short or ip.checksum.status == 0 or ((tcp.checksum.status == 0 or udp.checksum.status == 0) and not icmp and not icmpv6) "
            + "or icmp.checksum.status == 0 or icmpv6.checksum.status == 0 or gre.checksum.status == 0 or (_ws.expert.severity >= 8388608 and not icmp and not icmpv6)";
        return Ask(frames, ["-Y", Wrong, "-T", "fields", "-e", "frame.number", "-e", "_ws.col.Info", "-e", "_ws.expert.message"])
            .Select(line => line.Split('\t', 2)).ToDictionary(parts => int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), parts => parts[1]);
    }

    /// <summary>Of every frame, the names of its layers: <c>eth:ethertype:ip:gre:ip:tcp</c>.</summary>
    public static string[] Layers(IEnumerable<byte[]> frames) => Ask(frames, ["-T", "fields", "-e", "frame.protocols"]);

    private static string[] Ask(IEnumerable<byte[]> frames, string[] question)
    {
        string path = Path.Combine(Path.GetTempPath(), $"rustyrail-golden-{Guid.NewGuid():N}.pcap");
        try
        {
            using (PcapWriter writer = PcapWriter.Create(path))
            {
                foreach (byte[] frame in frames) writer.Write(frame, 0);
            }

            return Run(["-n", "-r", path, .. _settings, .. question]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string[] Run(string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("tshark", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"tshark ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Win32Exception)
        {
            throw new SkipException("tshark is not installed");
        }
    }
}
