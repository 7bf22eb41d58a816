using System.Runtime.InteropServices;

namespace RustyRail.Contract.Region;

/// <summary>
/// A flow that some node knows to belong to another backend than the table says (design: connections survive a change of backends
/// and of balancers together). Writer: the control plane. Four fill a bucket of one cache line.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct ExceptionEntry
{
    /// <summary>Keyed flow hash; 0 = free. Written last when an entry is made and first when it is cleared.</summary>
    public ulong KeyHash;

    /// <summary>Backend slot.</summary>
    public uint Backend;

    /// <summary>Monotonic seconds after which it no longer counts.</summary>
    public uint ExpiresAt;
}
