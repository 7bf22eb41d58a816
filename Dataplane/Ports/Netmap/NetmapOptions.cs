namespace RustyRail.Dataplane.Ports.Netmap;

internal sealed record NetmapOptions
{
    /// <summary>A network device, a VALE port (<c>vale0:1</c>) or one end of a pipe (<c>name{1</c>, <c>name}1</c>).</summary>
    public required string Port { get; init; }

    /// <summary>One ring pair of the device. Null: all of them, served by one worker.</summary>
    public int? Ring { get; init; }

    /// <summary>
    /// The other side of "leave it to the host" for a port that has no host behind it: another netmap port, made in the same memory. Null: a
    /// device's own host rings, nothing for VALE ports and pipes.
    /// </summary>
    public string? HostPort { get; init; }

    /// <summary>A VALE port or a pipe made in the memory of others can exchange buffers with them. 0: as netmap has it, its own.</summary>
    public ushort MemoryId { get; init; }

    /// <summary>Asks for frames that begin this far behind their buffer's start, so that headers fit in front. 0: frames are moved instead.</summary>
    public int HeadroomBytes { get; init; } = 64;

    /// <summary>Frames that may be away while others come, as where a worker hands them to others; each needs a buffer more. 0: a batch is back before the next.</summary>
    public int AwayFrames { get; init; }

    /// <summary>Of the worker that has the host's rings: what the others have for the host.</summary>
    public HostLanes? FromOthers { get; init; }

    /// <summary>Of a worker without host rings: the way there.</summary>
    public HostLane? ToFirst { get; init; }

    /// <summary>Becomes readable to end a <c>Wait</c> early (an eventfd). The port never reads it: its owner does. -1: none.</summary>
    public int WakeFd { get; init; } = -1;

    /// <summary>A predecessor's descriptor may take this long to let go of the rings.</summary>
    public TimeSpan BindPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>VALE ports and pipes exist only inside netmap: no device, no host, no link.</summary>
    public bool IsVirtual => Port.AsSpan().IndexOfAny('{', '}') >= 0 || (Port.StartsWith("vale", StringComparison.Ordinal) && Port.Contains(':', StringComparison.Ordinal));
}
