using System.CommandLine;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Pcap;

namespace RustyRail.Lab.NetmapLoad;

/// <summary>
/// <c>golden</c>: sends a capture frame by frame into a port with a running balancer behind it. Verdict and reason of each are read from the
/// region's counters, its bytes from what comes back: the lines are those of <c>rustyrail-dataplane replay --json</c>, without the names.
/// </summary>
internal static unsafe class GoldenCommand
{
    private static readonly Option<string> Port = new("--port") { Description = "the balancer's peer", Required = true };
    private static readonly Option<FileInfo> Region = new("--region") { Description = "the balancer's", Required = true };
    private static readonly Option<FileInfo> In = new("--in") { Description = "capture to send", Required = true };
    private static readonly Option<FileInfo> Out = new("--out") { Description = "capture of what came back", Required = true };
    private static readonly Option<int> Patience = new("--patience") { Description = "seconds for one frame", DefaultValueFactory = _ => 5 };

    public static Command Create()
    {
        Command command = new("golden", "Send a capture through a live balancer, one frame at a time") { Port, Region, In, Out, Patience };
        command.SetAction(Execute);
        return command;
    }

    private static int Execute(ParseResult arguments)
    {
        using RegionFile file = RegionFile.Open(arguments.GetRequiredValue(Region).FullName);
        WorkerCounterBlock* counters = new RegionView(file).Counters(0);
        using PcapReader reader = PcapReader.Open(arguments.GetRequiredValue(In).FullName);
        using PcapWriter writer = PcapWriter.Create(arguments.GetRequiredValue(Out).FullName);
        using LoadPort port = LoadPort.Open(arguments.GetRequiredValue(Port));
        long limit = arguments.GetValue(Patience) * 1000L;
        for (int number = 1; reader.TryRead(out PcapFrame frame); number++)
        {
            WorkerCounterBlock before = *counters;
            port.Send(frame.Bytes);
            for (long end = Environment.TickCount64 + limit; !HasJudged(before, *counters);)
            {
                if (Environment.TickCount64 > end)
                {
                    Console.Error.WriteLine($"netmap-load: frame {number} ({frame.Bytes.Length} bytes) did not reach the balancer");
                    return 1;
                }

                port.SyncTransmit();
            }

            WorkerCounterBlock after = *counters;
            string verdict = VerdictOf(before, after, out string? reason);
            Console.WriteLine($$"""{"n":{{number}},"verdict":"{{verdict}}","reason":{{(reason is null ? "null" : $"\"{reason}\"")}}}""");
            bool comesBack = verdict == Verdict.Forwarded.Name() || verdict == Verdict.Answered.Name();
            if (comesBack && !TryTake(port, writer, frame.TimestampNanoseconds, limit))
            {
                Console.Error.WriteLine($"netmap-load: frame {number} was {verdict} and did not come back");
                return 1;
            }
        }

        return 0;
    }

    private static bool TryTake(LoadPort port, PcapWriter writer, long timestamp, long limit)
    {
        for (long end = Environment.TickCount64 + limit; Environment.TickCount64 < end; port.SyncReceive())
        {
            byte* at = port.NextReceived(out int length);
            if (at == null) continue;
            writer.Write(new ReadOnlySpan<byte>(at, length), timestamp);
            port.Done();
            return true;
        }

        return false;
    }

    // The worker counts a packet in several places, one after another.
    private static bool HasJudged(in WorkerCounterBlock before, in WorkerCounterBlock now)
    {
        ulong reasons = 0;
        for (int i = 0; i < WorkerCounterBlock.MaxReasons; i++) reasons += now.Reasons[i];
        ulong others = now.Host + now.Answered + now.Dropped;
        return now.Received != before.Received && now.Received == now.Forwarded + others && reasons == others;
    }

    private static string VerdictOf(in WorkerCounterBlock before, in WorkerCounterBlock after, out string? reason)
    {
        reason = null;
        for (int i = 1; i < ReasonNames.Count; i++)
        {
            if (after.Reasons[i] != before.Reasons[i]) reason = ((Reason)i).Name();
        }

        if (after.Forwarded != before.Forwarded) return Verdict.Forwarded.Name();
        if (after.Host != before.Host) return Verdict.Host.Name();
        return (after.Answered != before.Answered ? Verdict.Answered : Verdict.Dropped).Name();
    }
}
