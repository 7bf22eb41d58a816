using System.Diagnostics.Tracing;

namespace RustyRail.Actors.Tests.Catalogue;

/// <summary>What all sockets of this process have sent, as the runtime counts it once a second.</summary>
internal sealed class SentBytes : EventListener
{
    private readonly SemaphoreSlim _counted = new(0);
    private long _total;

    public async Task<long> NextTotalAsync(TimeSpan patience)
    {
        while (_counted.Wait(0))
        {
            // Only a count that is made from now on.
        }

        Assert.True(await _counted.WaitAsync(patience), "the runtime counts no bytes");
        return Volatile.Read(ref _total);
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name != "System.Net.Sockets") return;
        EnableEvents(eventSource, EventLevel.LogAlways, EventKeywords.All, new Dictionary<string, string?> { ["EventCounterIntervalSec"] = "1" });
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData is not { EventName: "EventCounters", Payload: [IDictionary<string, object?> counter] } || !Equals(counter["Name"], "bytes-sent")) return;
        Volatile.Write(ref _total, Convert.ToInt64(counter["Mean"], System.Globalization.CultureInfo.InvariantCulture));
        _counted.Release();
    }

    public override void Dispose()
    {
        base.Dispose();
        _counted.Dispose();
    }
}
