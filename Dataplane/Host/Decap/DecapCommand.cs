using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Tun;

namespace RustyRail.Dataplane.Host.Decap;

/// <summary><c>rustyrail-dataplane decap</c>: the server's end of the tunnels, for all balancers at once.</summary>
internal static class DecapCommand
{
    private const PosixSignal SigUsr1 = (PosixSignal)10;

    private const int LongestDeviceName = 15;

    private static readonly Option<string> Tun = new("--tun") { Description = "TUN device that inner packets come out of; made if it does not exist", Required = true };
    private static readonly Option<string[]> From = new("--from")
    {
        Description = "a network (or address) that may send: the balancers. Repeatable; without it everybody may",
        DefaultValueFactory = _ => [],
    };

    public static Command Create()
    {
        Command command = new("decap", "Take GRE apart for this host's stack: the server's end. SIGUSR1 prints the counts, SIGTERM ends") { Tun, From };
        Tun.Validators.Add(result =>
        {
            string name = result.GetValueOrDefault<string>();
            if (name.Length is 0 or > LongestDeviceName || name.AsSpan().IndexOfAny("/ :%") >= 0)
                result.AddError($"--tun '{name}' is not a device name (1-{LongestDeviceName} characters, no '/', ':', '%' or blank)");
        });
        From.Validators.Add(result =>
        {
            foreach (string text in result.GetValueOrDefault<string[]>())
            {
                if (!SourcePrefixes.TryParse(text, out _)) result.AddError($"--from '{text}' is not an IPv4 prefix");
            }
        });
        command.SetAction(Execute);
        return command;
    }

    private static int Execute(ParseResult arguments)
    {
        List<IPNetwork> from = [];
        foreach (string text in arguments.GetRequiredValue(From))
        {
            if (SourcePrefixes.TryParse(text, out IPNetwork prefix)) from.Add(prefix);
        }

        DecapOptions options = new(arguments.GetRequiredValue(Tun), from);
        try
        {
            using TunDevice tun = TunDevice.Open(options.Tun);
            using GreReceiver receiver = new(tun, new SourcePrefixes(options.From));
            Receive(options, receiver);
            return 0;
        }
        catch (NativeException exception)
        {
            string hint = exception.Errno is Errno.EPERM or Errno.EACCES ? " (needs root, or CAP_NET_RAW and CAP_NET_ADMIN)" : "";
            return CommandLine.Refuse($"decap: {options.Tun}: {exception.Message}{hint}");
        }
    }

    private static void Receive(DecapOptions options, GreReceiver receiver)
    {
        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            receiver.Stop();
        }
        void Show(PosixSignalContext context)
        {
            context.Cancel = true;
            Console.Out.WriteLine($"decap: {receiver.Counters}");
        }

        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var usr1 = PosixSignalRegistration.Create(SigUsr1, Show);
        if (options.From.Count == 0)
            Console.Error.WriteLine("decap: no --from: GRE is accepted from every source");
        Console.Out.WriteLine($"decap: GRE from {(options.From.Count == 0 ? "anywhere" : string.Join(", ", options.From))} to {options.Tun}");
        receiver.Run();
        Console.Out.WriteLine($"decap: {receiver.Counters}");
    }
}
