using Akka.Actor;
using RustyRail.Actors.BackendHealth;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;

namespace Actors.Tests.BackendHealth;

/// <summary>Tells the test of each run and leaves the answer to it.</summary>
internal sealed class ScriptedProbe(HealthTarget target, IActorRef test) : IProbe
{
    public Task<ProbeResult> RunAsync(CancellationToken cancel)
    {
        Run run = new(target, cancel);
        test.Tell(run);
        return run.Answer.Task;
    }

    internal sealed record Run(HealthTarget Target, CancellationToken Cancel)
    {
        public TaskCompletionSource<ProbeResult> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Succeed() => Answer.SetResult(new(Ok: true, "connected"));

        public void Fail(string reason = "connection refused") => Answer.SetResult(new(Ok: false, reason));
    }
}
