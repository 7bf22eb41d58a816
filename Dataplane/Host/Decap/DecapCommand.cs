using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Tun;

namespace RustyRail.Dataplane.Host.Decap;

/// <summary><c>rustyrail-dataplane decap</c>: the server's end of the tunnels, for all balancers at once.</summary>
internal static class DecapCommand
{
    private const PosixSignal SigUsr1 = (PosixSignal)10;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (arguments.Length == 1 && arguments[0] is "--help" or "-h")
        {
            Console.Out.WriteLine(DecapOptions.Usage);
            return 0;
        }
        if (!DecapOptions.TryParse(arguments, out DecapOptions options, out string problem))
            return Refuse(problem);
        try
        {
            using var tun = TunDevice.Open(options.Tun);
            using var receiver = new GreReceiver(tun, new SourcePrefixes(options.From));
            Receive(options, receiver);
            return 0;
        }
        catch (NativeException exception)
        {
            string hint = exception.Errno is Errno.EPERM or Errno.EACCES ? " (needs root, or CAP_NET_RAW and CAP_NET_ADMIN)" : "";
            return Refuse($"{options.Tun}: {exception.Message}{hint}");
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

    private static int Refuse(string problem)
    {
        Console.Error.WriteLine($"rustyrail-dataplane decap: {problem}");
        return 2;
    }
}
