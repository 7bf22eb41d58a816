namespace RustyRail.Lab.Survival.Bed;

/// <summary>
/// Servers that balancers took for dead. No event kills a server, so each was the machine's fault, and connections that broke with it say nothing about
/// the event.
/// </summary>
internal sealed class HealthNews(LabScript lab, IEnumerable<BalancerNode> nodes)
{
    private const string Found = " is down: ";

    private readonly (string Node, string Log, long From)[] _logs =
        [.. nodes.Select(node => (node.Name, Log: lab.HostFile(node.Name, "rustyrail.log"))).Select(log => (log.Name, log.Log, File.Exists(log.Log) ? new FileInfo(log.Log).Length : 0))];

    /// <summary>A line each, since this was made.</summary>
    public IEnumerable<string> Lines() => _logs.Where(log => File.Exists(log.Log)).SelectMany(log => NewLines(log.Log, log.From).Where(line => line.Contains(Found, StringComparison.Ordinal)).Select(line => $"{log.Node}: {line}"));

    private static string[] NewLines(string path, long from)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(from, SeekOrigin.Begin);
        using StreamReader reader = new(file);
        return reader.ReadToEnd().Split('\n');
    }
}
