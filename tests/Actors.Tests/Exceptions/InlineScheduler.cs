namespace Actors.Tests.Exceptions;

/// <summary>Runs a task on the thread that starts it: virtual time does not pass beside it.</summary>
internal sealed class InlineScheduler : TaskScheduler
{
    public static readonly InlineScheduler Instance = new();

    protected override void QueueTask(Task task) => TryExecuteTask(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
