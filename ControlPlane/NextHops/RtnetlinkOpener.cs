namespace RustyRail.ControlPlane.NextHops;

/// <summary><see cref="RtnetlinkSocket.Open"/>, or the same in another network namespace.</summary>
internal delegate RtnetlinkSocket RtnetlinkOpener(ReadOnlySpan<int> groups);
