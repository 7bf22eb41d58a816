using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using RustyRail.Dataplane.Native;

namespace RustyRail.Lab.NetmapLoad;

/// <summary>
/// <c>pass</c>: sends numbered packets into one port and takes them from others. No more than a window of them is on its way at once, so
/// that nothing overflows unless somebody loses packets; then the run ends and says so.
/// </summary>
internal static unsafe class PassCommand
{
    private static readonly Option<string> To = new("--send") { Description = "port to send into", Required = true };
    private static readonly Option<string[]> From = new("--receive") { Description = "ports to take from; the same port as --send if not said", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<long> Packets = new("--packets") { Description = "packets to send", DefaultValueFactory = _ => 1_000_000 };
    private static readonly Option<int> Window = new("--window") { Description = "packets on their way at once", DefaultValueFactory = _ => 500 };
    private static readonly Option<int> Rate = new("--rate") { Description = "packets per second; 0: as many as the window lets through", DefaultValueFactory = _ => 0 };
    private static readonly Option<int> Flows = new("--flows") { Description = "flows", DefaultValueFactory = _ => 1024 };
    private static readonly Option<int> Payload = new("--payload") { Description = "bytes behind the TCP header", DefaultValueFactory = _ => 8 };
    private static readonly Option<bool> Plain = new("--plain") { Description = "plain packets instead of router-made GRE" };
    private static readonly Option<bool> Check = new("--check") { Description = "count only what a balancer sent, and check order and every byte" };
    private static readonly Option<int> Patience = new("--patience") { Description = "seconds without a packet until it gives up", DefaultValueFactory = _ => 3 };

    public static Command Create()
    {
        Command command = new("pass", "Send packets through a program between netmap ports and count them") { To, From, Packets, Window, Rate, Flows, Payload, Plain, Check, Patience };
        command.SetAction(Execute);
        return command;
    }

    private static int Execute(ParseResult arguments)
    {
        string to = arguments.GetRequiredValue(To);
        string[] from = arguments.GetValue(From) is { Length: > 0 } named ? named : [to];
        using LoadPort sender = LoadPort.Open(to);
        LoadPort[] receivers = [.. from.Select(name => name == to ? sender : LoadPort.Open(name))];
        Pass pass = new(new LoadFrame(!arguments.GetValue(Plain), arguments.GetValue(Flows), arguments.GetValue(Payload)), sender, receivers)
        {
            Packets = arguments.GetValue(Packets),
            Window = arguments.GetValue(Window),
            Rate = arguments.GetValue(Rate),
            Checks = arguments.GetValue(Check),
            Patience = TimeSpan.FromSeconds(arguments.GetValue(Patience)),
        };
        pass.Run();
        foreach (LoadPort receiver in receivers) receiver.Dispose();
        double perSecond = pass.Received / pass.Elapsed.TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"sent {pass.Sent} received {pass.Received} lost {pass.Sent - pass.Received} reordered {pass.Reordered} changed {pass.Changed} others {pass.Others} in {pass.Elapsed.TotalSeconds:F2} s: {perSecond / 1e6:F3} Mpps; backends {pass.BackendsSeen}"));
        if (pass.FirstProblem is not null) Console.WriteLine(pass.FirstProblem);
        return pass.Sent == pass.Received && pass.Reordered + pass.Changed == 0 ? 0 : 1;
    }
}

/// <summary>One such run. Its own time ends with the last packet received, so that waiting in vain does not count.</summary>
internal sealed unsafe class Pass(LoadFrame frame, LoadPort sender, LoadPort[] receivers)
{
    private const int Burst = 128;

    private readonly ulong[] _prepared = frame.Prepare();
    private readonly byte[] _scratch = GC.AllocateArray<byte>(2048, pinned: true);
    private ulong _expected;
    private int _flow;

    public required long Packets { get; init; }
    public required int Window { get; init; }
    public required int Rate { get; init; }
    public required bool Checks { get; init; }
    public required TimeSpan Patience { get; init; }

    public long Sent { get; private set; }
    public long Received { get; private set; }
    public long Reordered { get; private set; }
    public long Changed { get; private set; }

    /// <summary>Received frames that are nobody's answer: floods of a learning switch, a stack's own.</summary>
    public long Others { get; private set; }
    public string? FirstProblem { get; private set; }
    public TimeSpan Elapsed { get; private set; }
    public int BackendsSeen => frame.BackendsSeen;

    public void Run()
    {
        long start = Stopwatch.GetTimestamp(), last = start;
        while (Received < Packets)
        {
            bool sent = Send(start);
            long before = Received;
            foreach (LoadPort receiver in receivers) Receive(receiver);
            long now = Stopwatch.GetTimestamp();
            if (Received > before) last = now;
            else if (!sent && Stopwatch.GetElapsedTime(last, now) > Patience) break;
            else if (!sent && Rate > 0) _ = Libc.poll(null, 0, 1);
        }

        Elapsed = Stopwatch.GetElapsedTime(start, last);
    }

    private bool Send(long start)
    {
        long allowed = Math.Min(Packets, Received + Window);
        if (Rate > 0) allowed = Math.Min(allowed, (long)(Stopwatch.GetElapsedTime(start).TotalSeconds * Rate) + 1);
        int count = Checks ? SendNumbered(allowed) : SendPrepared(allowed);
        // Also with nothing new: the kernel gives slots back only when called.
        sender.SyncTransmit();
        return count > 0;
    }

    private int SendPrepared(long allowed)
    {
        int count;
        fixed (ulong* prepared = _prepared)
            count = sender.Fill(prepared, frame.Flows, frame.PreparedBytes, frame.Length, ref _flow, (int)Math.Min(allowed - Sent, Burst));
        Sent += count;
        return count;
    }

    private int SendNumbered(long allowed)
    {
        int count = 0;
        for (; Sent < allowed && count < Burst; count++, Sent++)
        {
            byte* at = sender.NextFree(out NetmapAbi.netmap_slot* slot);
            if (at == null) break;
            frame.Write(at, (ulong)Sent);
            slot->len = (ushort)frame.Length;
            sender.Sent();
        }

        return count;
    }

    private void Receive(LoadPort port)
    {
        port.SyncReceive();
        if (!Checks)
        {
            Received += port.DiscardReceived();
            return;
        }

        fixed (byte* scratch = _scratch)
        {
            for (byte* at = port.NextReceived(out int length); at != null; port.Done(), at = port.NextReceived(out length))
            {
                if (frame.NumberOf(at, length) is { } number) Judge(at, number, scratch);
                else Others++;
            }
        }
    }

    private void Judge(byte* at, ulong number, byte* scratch)
    {
        Received++;
        if (number != _expected)
        {
            Reordered++;
            FirstProblem ??= $"packet {number} came instead of {_expected}";
        }

        _expected = number + 1;
        if (frame.Check(at, number, scratch) is not { } problem) return;
        Changed++;
        FirstProblem ??= $"packet {number}: {problem}";
    }
}
