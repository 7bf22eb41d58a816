namespace RustyRail.ControlPlane;

/// <summary>What the program's end means to scripts and service units.</summary>
internal static class ExitCode
{
    public const int Well = 0;

    /// <summary>It began, then failed while working.</summary>
    public const int Failed = 1;

    /// <summary>It cannot start or do it as asked: usage, configuration, permission, device, store. Trying again changes nothing.</summary>
    public const int Refused = 2;
}
