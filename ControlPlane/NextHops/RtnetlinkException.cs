using System.Runtime.InteropServices;

namespace RustyRail.ControlPlane.NextHops;

/// <summary>The kernel refused a request. One line: what was asked, why not.</summary>
internal sealed class RtnetlinkException(string request, int errno, string? explanation = null)
    : Exception($"{request}: {explanation ?? Marshal.GetPInvokeErrorMessage(errno)}")
{
    public int Errno { get; } = errno;
}
