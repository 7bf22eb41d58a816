namespace RustyRail.Dataplane.Host.Decap.Xdp;

/// <summary>Device or kernel do not take the program. The message is one line and names the device.</summary>
internal sealed class XdpRefusedException(string message, Exception? cause = null) : Exception(message, cause);
