namespace RustyRail.Dataplane.Host.Run;

/// <summary>A port that works. Disposing it closes the device, with whatever must be undone around that.</summary>
internal interface IOpenedPort : IDisposable
{
    /// <summary>Moves packets until the end and returns the program's exit code.</summary>
    /// <param name="note">For the status, behind the port's own words; may be empty.</param>
    int Serve(string note);
}
