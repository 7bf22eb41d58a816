using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RustyRail.Actors.Hosting;

/// <summary>
/// Runs the ActorSystem in a host of its own, one per incarnation, so that its end (a stage gone for good, the cluster's decision) ends neither this process
/// nor its edge: the next incarnation is started after a back-off. The edge asks <see cref="TryGet{TActor}"/> for each request and keeps no reference.
/// The first incarnation's failure to start is the caller's: it is thrown from <see cref="StartAsync"/>.
/// </summary>
public sealed partial class ActorSystemIncarnations : IHostedService, IAsyncDisposable
{
    private readonly Func<Incarnation> _create;
    private readonly RestartBackoff _backoff;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly HeldBack _heldBack = new();
    private volatile Incarnation? _current;
    private Task _running = Task.CompletedTask;

    /// <param name="name">Of the ActorSystem; equal on all nodes of a cluster.</param>
    /// <param name="compose">Adds the rooms; called once for each incarnation.</param>
    /// <param name="loggers">The process's own: incarnations log to it and never dispose of it.</param>
    public ActorSystemIncarnations(string name, Action<AkkaConfigurationBuilder, IServiceProvider> compose, ILoggerFactory loggers, TimeProvider time)
        : this(name, compose, loggers, time, RestartBackoff.Default)
    {
    }

    internal ActorSystemIncarnations(
        string name, Action<AkkaConfigurationBuilder, IServiceProvider> compose, ILoggerFactory loggers, TimeProvider time, RestartBackoff backoff)
    {
        _create = () => new Incarnation(name, compose, loggers);
        _log = loggers.CreateLogger<ActorSystemIncarnations>();
        _time = time;
        _backoff = backoff;
    }

    /// <summary>How many ActorSystems have been started.</summary>
    public int Started { get; private set; }

    /// <summary>No incarnation follows the one that runs, until <see cref="Release"/>.</summary>
    public bool IsHeldBack => _heldBack.IsClosed;

    public bool IsRunning => _current is not null;

    public void HoldBack() => _heldBack.Close();

    public void Release() => _heldBack.Open();

    /// <summary>The actor in the incarnation that runs now. False between two of them: say "try again", not "failed".</summary>
    public bool TryGet<TActor>([NotNullWhen(true)] out IActorRef? actor)
    {
        actor = null;
        return _current is { } incarnation && incarnation.Registry.TryGet<TActor>(out actor);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Incarnation first = await StartOneAsync(cancellationToken).ConfigureAwait(false);
        _running = Task.Run(() => KeepRunningAsync(first), CancellationToken.None);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task<Incarnation> StartOneAsync(CancellationToken cancellationToken)
    {
        Incarnation incarnation = _create();
        try
        {
            await incarnation.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await incarnation.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        Started++;
        _current = incarnation;
        return incarnation;
    }

    private async Task KeepRunningAsync(Incarnation? incarnation)
    {
        int failures = 0;
        bool regroups = false;
        while (true)
        {
            if (incarnation is not null)
            {
                long since = _time.GetTimestamp();
                await incarnation.EndedAsync(_stopping.Token).ConfigureAwait(false);
                _current = null;
                regroups = incarnation.RegroupedBecause is not null;
                await incarnation.DisposeAsync().ConfigureAwait(false);
                failures = _time.GetElapsedTime(since) >= _backoff.ForgetAfter ? 0 : failures;
                incarnation = null;
            }

            if (_stopping.IsCancellationRequested) return;
            if (_heldBack.IsClosed) await HoldAsync().ConfigureAwait(false);
            else if (regroups) LogRegroups(_log);
            else await BackOffAsync(_backoff.DelayAfter(failures++)).ConfigureAwait(false);
            regroups = false;
            if (_stopping.IsCancellationRequested) return;
            incarnation = await TryStartOneAsync().ConfigureAwait(false);
        }
    }

    private async Task HoldAsync()
    {
        LogHeldBack(_log);
        await _heldBack.PassAsync(_stopping.Token).ConfigureAwait(false);
    }

    private async Task BackOffAsync(TimeSpan delay)
    {
        LogEnded(_log, delay);
        await Task.Delay(delay, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<Incarnation?> TryStartOneAsync()
    {
        try
        {
            return await StartOneAsync(_stopping.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // whatever it was, the answer is to try again: forwarding goes on meanwhile
        catch (Exception cause)
#pragma warning restore CA1031
        {
            LogNotStarted(_log, cause.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The ActorSystem has ended; forwarding goes on; a new one in {Delay}")]
    private static partial void LogEnded(ILogger log, TimeSpan delay);

    [LoggerMessage(LogLevel.Information, "The ActorSystem has ended; forwarding goes on; none follows until this node is to come back")]
    private static partial void LogHeldBack(ILogger log);

    [LoggerMessage(LogLevel.Information, "A new ActorSystem begins; forwarding goes on")]
    private static partial void LogRegroups(ILogger log);

    [LoggerMessage(LogLevel.Error, "The ActorSystem did not start: {Reason}")]
    private static partial void LogNotStarted(ILogger log, string reason);
}
