using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>An eventfd that ends a sleeping worker's wait; set once, at the end.</summary>
internal sealed unsafe class WakeEvent : IDisposable
{
    private readonly SafeFd _fd = SafeFd.Take(Libc.eventfd(0, 0), "eventfd");

    public int Descriptor => _fd.Number;

    public void Set()
    {
        ulong one = 1;
        Libc.write(_fd.Number, &one, sizeof(ulong));
    }

    public void Dispose() => _fd.Dispose();
}
