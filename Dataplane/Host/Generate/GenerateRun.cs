using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Host.Generate;

/// <summary>One run from the device's name to the report; signals end it early, and everything is off the device before it reports.</summary>
internal sealed class GenerateRun : IDisposable
{
    private const int LookEvery = 20, QuietFor = 200, LongestWait = 5000;

    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly ManualResetEventSlim _stop = new();

    private GenerateRun()
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP])
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                _stop.Set();
            }));
        }
    }

    public static int Execute(GenerateOptions options, bool asJson, TextWriter output)
    {
        try
        {
            GenerateReport report = Run(options);
            output.WriteLine(asJson ? report.ToJson() : report.ToText());
            if (report.Hint is { } hint) Console.Error.WriteLine($"generate: {hint}");
            return 0;
        }
        catch (Exception e) when (e is GenerateException or PortException)
        {
            return CommandLine.Refuse($"generate: {e.Message}");
        }
        catch (NativeException e)
        {
            string hint = e.Errno is Errno.EPERM or Errno.EACCES ? " (needs root, or CAP_NET_ADMIN and CAP_BPF)" : "";
            return CommandLine.Refuse($"generate: {options.Device}: {e.Message}{hint}");
        }
    }

    internal static GenerateReport Run(GenerateOptions options)
    {
        using GenerateRun run = new();
        return run.Generate(options);
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
        _stop.Dispose();
    }

    private GenerateReport Generate(GenerateOptions options)
    {
        using NetDevice device = NetDevice.Find(options.Device);
        FrameTemplate template = Prepare(device, options, out int run);
        using Traffic traffic = Load(template, options, run);
        Attach(traffic, device);
        DeviceCounts before = DeviceCounts.Read(device.Index);
        using (LiveFrames frames = new(traffic.Sender, device.Index, template.Bytes.Length))
        {
            frames.Start();
            while (!frames.HasEnded && traffic.State.Finished == 0 && !_stop.Wait(LookEvery)) { }
            frames.Stop();
            if (frames.Failure is { } failure) throw Explained(failure, device);
        }

        SinkCounts returned = AwaitQuiet(traffic);
        DeviceCounts after = DeviceCounts.Read(device.Index);
        return new GenerateReport(options, template.Bytes.Length, traffic.State, returned, new DeviceCounts(after.Sent - before.Sent, after.Refused - before.Refused));
    }

    private static FrameTemplate Prepare(NetDevice device, GenerateOptions options, out int run)
    {
        if (!device.IsEthernet) throw new GenerateException($"{device.Name}: not an Ethernet device");
        if (!device.IsUp) throw new GenerateException($"{device.Name}: the device is down");
        int least = FrameTemplate.LeastBytes(options), most = device.MtuBytes + 14;
        if (options.FrameBytes is { } wanted && (wanted < least || wanted > most))
            throw new GenerateException($"--size {wanted}: frames of this form and device have {least} to {most} bytes");
        Span<byte> own = stackalloc byte[NetDevice.MacBytes];
        if (!device.TryReadMac(own)) throw NativeException.Last($"ioctl(SIOCGIFHWADDR, {device.Name})");
        IPAddress? router = options.Form == GenerateForm.Plain ? null : options.Router ?? NeighbourLookUp.OwnAddressTowards(options.Balancer);
        if (router is not null && router.AddressFamily != options.Balancer.AddressFamily)
            throw new GenerateException($"--router {router} and --balancer {options.Balancer} are not of one family");
        byte[] balancer = options.To?.GetAddressBytes() ?? NeighbourLookUp.Resolve(device, options.Balancer);
        run = Stamp.DrawRun();
        return FrameTemplate.Build(options, own, balancer, router, run);
    }

    private static Traffic Load(FrameTemplate template, GenerateOptions options, int run)
    {
        try
        {
            return Traffic.Load(template, options, run);
        }
        catch (NativeException e) when (e.Errno == Errno.ENOSYS)
        {
            throw new GenerateException("this kernel has no BPF", e);
        }
    }

    private static void Attach(Traffic traffic, NetDevice device)
    {
        try
        {
            traffic.Attach(device.Index);
        }
        catch (NativeException e) when (e.Errno == Errno.EBUSY)
        {
            XdpState state = XdpLink.Query(device.Index);
            throw new GenerateException($"{device.Name}: another XDP program is attached: id {state.ProgramId}; if it is not needed: ip link set dev {device.Name} xdp off", e);
        }
        catch (NativeException e) when (e.Errno is Errno.EOPNOTSUPP or Errno.ERANGE)
        {
            throw new GenerateException($"{device.Name}: its driver takes no XDP program ({Errno.Explain(e.Errno)})", e);
        }
    }

    // EINVAL is what a kernel before 5.18 says to the flag.
    private static Exception Explained(NativeException e, NetDevice device) => e.Errno == Errno.EINVAL
        ? new GenerateException($"{device.Name}: this kernel cannot send frames from a BPF program (live frames, Linux 5.18), or the device cannot ({e.Message})", e)
        : e;

    // Until nothing more comes, or all is back.
    private static SinkCounts AwaitQuiet(Traffic traffic)
    {
        using ManualResetEventSlim never = new();
        SinkCounts last = traffic.Returned;
        long made = (long)traffic.State.Made;
        for (int waited = 0, quiet = 0; waited < LongestWait && quiet < QuietFor && last.Frames < made; waited += LookEvery)
        {
            never.Wait(LookEvery);
            SinkCounts now = traffic.Returned;
            quiet = now.Frames == last.Frames ? quiet + LookEvery : 0;
            last = now;
        }

        return last;
    }
}
