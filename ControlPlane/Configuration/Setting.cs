namespace RustyRail.ControlPlane.Configuration;

/// <summary>One value before it is understood. <paramref name="Origin"/> is how an error line names its place: <c>node.json:3</c>, <c>RR_PORT</c>, <c>--port</c>.</summary>
internal readonly record struct Setting(string Text, string Origin)
{
    /// <summary>Blank counts as not given: <c>RR_DEVICE=</c> in a unit file switches the variable off.</summary>
    public static Setting? From(string? text, string origin) => string.IsNullOrWhiteSpace(text) ? null : new Setting(text.Trim(), origin);
}
