using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Ports.Tc;

/// <summary>The loaded filter with its two maps, which live as long as it is attached: <see cref="SteeringProgram"/>'s sibling at the ingress.</summary>
internal sealed class HostFilterProgram : IDisposable
{
    public const string NamePrefix = "rr_host_";

    private readonly BpfMap _vipsMap;
    private readonly BpfMap _device;

    private HostFilterProgram(BpfProgram program, BpfMap vips, BpfMap device)
    {
        Program = program;
        _vipsMap = vips;
        _device = device;
        Vips = new VipSet(vips);
    }

    /// <summary>Ends in a digest, like the XDP program's.</summary>
    public static string Name { get; } =
        NamePrefix + SteeringProgram.Digest(SteeringCode.Assemble(0, 0, new IngressForm()), SteeringProgram.VipsShape, SteeringProgram.DeviceShape);

    public BpfProgram Program { get; }

    public VipSet Vips { get; }

    public static HostFilterProgram Create()
    {
        BpfMap? vips = null, device = null;
        try
        {
            vips = BpfMap.Create(SteeringProgram.VipsShape);
            device = BpfMap.Create(SteeringProgram.DeviceShape);
            return new HostFilterProgram(BpfProgram.LoadClassifier(SteeringCode.Assemble(vips.Fd, device.Fd, new IngressForm()), Name), vips, device);
        }
        catch
        {
            vips?.Dispose();
            device?.Dispose();
            throw;
        }
    }

    /// <summary>Null when the program is of another version. Otherwise the program belongs to the result.</summary>
    public static HostFilterProgram? Adopt(BpfProgram program)
    {
        (string name, uint[] mapIds) = program.Describe();
        if (name != Name) return null;
        BpfMap? vips = SteeringProgram.Find(mapIds, SteeringProgram.VipsShape), device = SteeringProgram.Find(mapIds, SteeringProgram.DeviceShape);
        if (vips is not null && device is not null) return new HostFilterProgram(program, vips, device);
        vips?.Dispose();
        device?.Dispose();
        return null;
    }

    /// <summary>Takes the VIPs of a program of another version, if that keeps them in the same shape.</summary>
    public void InheritVips(BpfProgram older)
    {
        using BpfMap? trie = SteeringProgram.Find(older.Describe().MapIds, SteeringProgram.VipsShape);
        if (trie is not null) Vips.CopyFrom(trie);
    }

    public void SetOwnAddress(ReadOnlySpan<byte> mac)
    {
        Span<byte> value = stackalloc byte[(int)SteeringProgram.DeviceShape.ValueBytes];
        value.Clear();
        mac.CopyTo(value);
        SteeringProgram.Put(_device, 0, value);
    }

    public void Dispose()
    {
        Program.Dispose();
        _vipsMap.Dispose();
        _device.Dispose();
    }
}
