using System.Net;

namespace RustyRail.ControlPlane.Announcing;

/// <summary>One route of ours in the kernel: a VIP, and the device that it is said to be behind.</summary>
internal readonly record struct VipRoute(IPNetwork Vip, int Device);
