using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Event;
using Akka.Hosting.Logging;
using Akka.Remote.Transport;
using DotNetty.Codecs;

namespace RustyRail.Actors.Hosting;

/// <summary>
/// Akka's log, but for what remoting has to say of each failed connection, with stack traces, several times a second while a node is down or a stranger tries
/// to get in. Of that only failed handshakes and bytes that no node sends are kept, as one line per peer and minute; silence of known nodes is the door's and
/// the cluster's to report.
/// </summary>
public sealed partial class ClusterLogger : LoggerFactoryLogger
{
    /// <summary>Lines of our own from inside the transport begin so, and have been limited already.</summary>
    public const string Ours = "Cluster: ";

    private readonly TlsRefusals _refusals = Context.System.Settings.Setup.Get<ClusterSetup>().Value.Refusals;

    /// <summary>Of <c>ssl.tcp://rustyrail@192.0.2.1:4053</c> or <c>[::ffff:192.0.2.1]:55884</c> the address.</summary>
    public static string AddressIn(string peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        string place = peer[(peer.LastIndexOf('@') + 1)..];
        return System.Net.IPEndPoint.TryParse(place, out System.Net.IPEndPoint? end)
            ? (end.Address.IsIPv4MappedToIPv6 ? end.Address.MapToIPv4() : end.Address).ToString()
            : peer;
    }

    protected override void Log(LogEvent log, ActorPath path)
    {
        ArgumentNullException.ThrowIfNull(log);
        string text = $"{log.Message}";
        if (!IsOfRemoting(log) || text.StartsWith(Ours, StringComparison.Ordinal)) base.Log(log, path);
        else if (FailedHandshake().Match(text) is { Success: true } failed && !RefusedByUs(failed) && PeerOf(failed.Groups["channel"].Value) is { } peer)
            SayOnce(peer, $"TLS with {peer} fails: {failed.Groups["error"].Value.Trim()}", hasReason: false, log, path);
        else if (SenderOfNonsense(log, text) is { } sender)
            SayOnce(sender, $"{sender} sends what no node sends: {log.Cause.Message.Split('\n')[0]}", hasReason: true, log, path);
    }

    private void SayOnce(string peer, string line, bool hasReason, LogEvent log, ActorPath path)
    {
        if (_refusals.TryNote(peer, line, hasReason)) base.Log(new Warning(null, log.LogSource, log.LogClass, Ours + line), path);
    }

    // That has had its line, with the reason.
    private static bool RefusedByUs(Match failed) => failed.Groups["error"].Value.Contains("ValidationCallback", StringComparison.Ordinal);

    private static bool IsOfRemoting(LogEvent log) =>
        log.LogClass.Namespace?.StartsWith("Akka.Remote", StringComparison.Ordinal) == true
        || log.LogSource.Contains("endpointManager", StringComparison.Ordinal)
        || log.LogSource.Contains("/system/transports/", StringComparison.Ordinal)
        || log.LogSource.StartsWith("remoting", StringComparison.Ordinal);

    // Frames that are none end a channel; frames of the right length with anything in them end the actor that is named after the peer.
    private static string? SenderOfNonsense(LogEvent log, string text) => log.Cause switch
    {
        DecoderException => PeerOf(text),
        AkkaProtocolException when Address().Match(Uri.UnescapeDataString(log.LogSource)) is { Success: true } found => found.Groups["address"].Value,
        _ => null,
    };

    // [[::ffff:192.0.2.1]:4053->[::ffff:192.0.2.2]:56798]: this node comes first.
    private static string? PeerOf(string channel) => Address().Matches(channel) is { Count: > 1 } found ? found[1].Groups["address"].Value : null;

    [GeneratedRegex(@"TLS handshake failed on channel (?<channel>\S+).*?Error: (?<error>[^\n]+)", RegexOptions.Singleline)]
    private static partial Regex FailedHandshake();

    [GeneratedRegex(@"\[(::ffff:)?(?<address>[0-9a-fA-F.:]+)\]:\d+")]
    private static partial Regex Address();
}
