using RustyRail.Contract.Native;
using RustyRail.Contract.Region;

namespace RustyRail.Contract.Snapshots;

/// <summary>
/// Wakes who waits for the next generation, in another process too, without either side asking again and again: a futex on the low half
/// of <see cref="RegionHeader.Generation"/>.
/// </summary>
internal static unsafe class PublicationSignal
{
    /// <summary>After a publication, or because a waiter has something else to see.</summary>
    public static void Send(RegionHeader* header) => _ = Libc.futex(WordOf(header), Libc.FUTEX_WAKE, int.MaxValue, null);

    /// <summary>Returns when another generation is out, at a signal, or after the time; sometimes earlier for no reason.</summary>
    public static void Wait(RegionHeader* header, long known, int timeoutMilliseconds)
    {
        Libc.timespec timeout = new() { tv_sec = timeoutMilliseconds / 1000, tv_nsec = timeoutMilliseconds % 1000 * 1_000_000L };
        _ = Libc.futex(WordOf(header), Libc.FUTEX_WAIT, (uint)known, &timeout);
    }

    // x86-64 is little-endian: the low half comes first.
    private static uint* WordOf(RegionHeader* header) => (uint*)&header->Generation;
}
