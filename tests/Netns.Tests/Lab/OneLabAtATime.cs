namespace Netns.Tests.Lab;

/// <summary>The labs share a prefix, and measured times need the processors: one test after the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneLabAtATime
{
    public const string Name = "lab";
}
