using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RustyRail.Actors.Hosting;

/// <summary>One ActorSystem in a host of its own. Akka.Hosting stops this host when the ActorSystem ends, and the host stops the ActorSystem.</summary>
internal sealed class Incarnation : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly IHostApplicationLifetime _lifetime;
    private bool _started;

    public Incarnation(string name, Action<AkkaConfigurationBuilder, IServiceProvider> compose, ILoggerFactory loggers)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        // The process's own, unowned here: the container disposes of what it makes, not of instances.
        builder.Services.AddSingleton(loggers);
        // The default listens to Ctrl-C and SIGTERM; those are the outer host's.
        builder.Services.AddSingleton<IHostLifetime, InnerLifetime>();
        builder.Services.AddAkka(name, compose);
        _host = builder.Build();
        _lifetime = _host.Services.GetRequiredService<IHostApplicationLifetime>();
    }

    public IReadOnlyActorRegistry Registry => _host.Services.GetRequiredService<ActorRegistry>();

    /// <summary>It has ended to let the next one begin, for this reason.</summary>
    public string? RegroupedBecause => System.Settings.Setup.Get<ClusterSetup>() is { HasValue: true } setup ? setup.Value.RegroupedBecause : null;

    private ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _host.StartAsync(cancellationToken).ConfigureAwait(false);
        _started = true;
    }

    /// <summary>Completes when the ActorSystem has ended by itself or on <paramref name="stopping"/>.</summary>
    public async Task EndedAsync(CancellationToken stopping)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration byItself = _lifetime.ApplicationStopping.Register(ended.SetResult);
        await ended.Task.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// Ends the ActorSystem, if it still runs. Akka.Hosting marks the process as failed when a cluster downed the node; the process goes on, so that is undone.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        bool vetoed = _started && SystemEnd.IsVetoed(System);
        try
        {
            _host.Dispose();
        }
        catch (AggregateException) when (vetoed)
        {
            // The container ends the system once more, by the coordinated shutdown that was vetoed. It has ended.
        }

        if (Environment.ExitCode < 0) Environment.ExitCode = 0;
    }

    private async Task StopAsync()
    {
        if (!_started || !SystemEnd.IsVetoed(System))
        {
            await _host.StopAsync().ConfigureAwait(false);
            return;
        }

        await SystemEnd.LeaveAndEndAsync(System).ConfigureAwait(false);
        // The host would run the coordinated shutdown that was vetoed, and says so.
        await _host.StopAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private sealed class InnerLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
