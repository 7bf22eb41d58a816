namespace RustyRail.ControlPlane.Supervision;

/// <summary>The other program of a release: it lies beside this one, whatever the working directory.</summary>
internal static class DataplaneProgram
{
    public const string Name = "rustyrail-dataplane";

    public static string Path => System.IO.Path.Combine(AppContext.BaseDirectory, Name);
}
