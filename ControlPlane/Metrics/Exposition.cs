using Prometheus;

namespace RustyRail.ControlPlane.Metrics;

/// <summary>
/// One scrape in Prometheus' text format. Made anew each time, so that what is gone from the catalogue is gone from the next scrape; the counts themselves
/// live in the region and outlast both processes.
/// </summary>
internal sealed class Exposition
{
    private const string Prefix = "rustyrail_";

    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly MetricFactory _metrics;

    public Exposition() => _metrics = Prometheus.Metrics.WithCustomRegistry(_registry);

    /// <summary>A value that may fall.</summary>
    public void Gauge(string name, string help, double value) => _metrics.CreateGauge(Prefix + name, help).Set(value);

    /// <summary>A count since the region was made; by convention its name ends in _total.</summary>
    public void Counter(string name, string help, double value) => _metrics.CreateCounter(Prefix + name, help).IncTo(value);

    /// <summary>One value for each combination of labels.</summary>
    public void Gauges<T>(string name, string help, string[] labels, IEnumerable<T> items, Func<T, string[]> labelsOf, Func<T, double> valueOf)
    {
        Gauge family = _metrics.CreateGauge(Prefix + name, help, labels);
        foreach (T item in items) family.WithLabels(labelsOf(item)).Set(valueOf(item));
    }

    /// <inheritdoc cref="Gauges"/>
    public void Counters<T>(string name, string help, string[] labels, IEnumerable<T> items, Func<T, string[]> labelsOf, Func<T, double> valueOf)
    {
        Counter family = _metrics.CreateCounter(Prefix + name, help, labels);
        foreach (T item in items) family.WithLabels(labelsOf(item)).IncTo(valueOf(item));
    }

    public Task WriteAsync(Stream to, CancellationToken stop) => _registry.CollectAndExportAsTextAsync(to, stop);
}
