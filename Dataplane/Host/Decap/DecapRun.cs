using System.Runtime.InteropServices;
using RustyRail.Dataplane.Host.Decap.Sockets;
using RustyRail.Dataplane.Host.Decap.Xdp;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Host.Decap;

/// <summary>One run from the first line to the last: chooses the way, and answers signals.</summary>
internal sealed class DecapRun : IDisposable
{
    private const PosixSignal SigUsr1 = (PosixSignal)10;

    private static readonly (DecapForms Form, string[] Modules)[] _handlers =
        [(DecapForms.Gre, ["ip_gre", "ip6_gre"]), (DecapForms.Ipip, ["ipip", "sit", "ip6_tunnel"])];

    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly Lock _showing = new();
    private volatile IDecapWay? _way;
    private volatile bool _ended;

    private DecapRun()
    {
        // Before anything is attached: whatever ends this process orderly from now on takes it away again.
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP])
            _signals.Add(PosixSignalRegistration.Create(signal, End));
        _signals.Add(PosixSignalRegistration.Create(SigUsr1, context =>
        {
            context.Cancel = true;
            Show();
        }));
    }

    public static int Execute(DecapOptions options)
    {
        using DecapRun run = new();
        try
        {
            using IDecapWay way = Open(options);
            return run.Serve(way, options);
        }
        catch (NativeException e)
        {
            string hint = e.Errno is Errno.EPERM or Errno.EACCES ? " (needs root, or CAP_NET_RAW and CAP_NET_ADMIN)" : "";
            return CommandLine.Refuse($"decap: {options.Tun}: {e.Message}{hint}");
        }
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
    }

    private static IDecapWay Open(DecapOptions options)
    {
        if (options.Device is not null)
        {
            try
            {
                XdpDecap opened = XdpDecap.Open(options);
                if (opened.WhyGeneric is { } why) Warn($"{options.Device}: generic XDP, which is slower: {why}");
                return opened;
            }
            catch (XdpRefusedException e)
            {
                Warn($"{e.Message}; packets go through {options.Tun} instead");
            }
        }

        WarnOfHandlers(options.Forms);
        return SocketDecap.Open(options);
    }

    private int Serve(IDecapWay way, DecapOptions options)
    {
        _way = way;
        if (_ended) way.Stop();
        if (options.From.Count == 0) Warn("no --from: tunnels are accepted from every source");
        Console.Out.WriteLine($"decap: {way.Description}");
        using Timer? stats = options.Stats is { } period ? new Timer(_ => Show(), null, period, period) : null;
        string? problem = way.Run();
        Show();
        // A signal or the clock may be asking for counts right now.
        lock (_showing) _way = null;
        if (problem is null) return 0;
        Console.Error.WriteLine($"rustyrail-dataplane: decap: {problem}");
        return 1;
    }

    private void End(PosixSignalContext context)
    {
        context.Cancel = true;
        _ended = true;
        _way?.Stop();
    }

    private void Show()
    {
        lock (_showing)
        {
            if (_way is { } way) Console.Out.WriteLine($"decap: {way.Counts}");
        }
    }

    // A raw socket sees packets beside the kernel's own tunnels, it does not take them from these.
    private static void WarnOfHandlers(DecapForms forms)
    {
        foreach ((DecapForms form, string[] modules) in _handlers)
        {
            foreach (string module in modules)
            {
                if ((forms & form) != 0 && Directory.Exists($"/sys/module/{module}"))
                    Warn($"the kernel's module {module} is loaded too: a device of it delivers packets twice, without one it answers them with ICMP errors; unload it or use --xdp");
            }
        }
    }

    private static void Warn(string text) => Console.Error.WriteLine($"decap: {text}");
}
