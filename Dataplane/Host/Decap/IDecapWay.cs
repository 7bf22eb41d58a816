namespace RustyRail.Dataplane.Host.Decap;

/// <summary>How packets are taken out of their tunnels: in the driver, or by this process.</summary>
internal interface IDecapWay : IDisposable
{
    /// <summary>For people, one line: what has been counted so far. Any thread.</summary>
    string Counts { get; }

    /// <summary>For people, one line: what is taken and where it goes.</summary>
    string Description { get; }

    /// <summary>Until <see cref="Stop"/>: null. Otherwise the reason why it cannot go on.</summary>
    string? Run();

    /// <summary>Any thread.</summary>
    void Stop();
}
