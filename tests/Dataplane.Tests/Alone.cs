namespace Dataplane.Tests;

/// <summary>Tests that keep every core busy run after the others, which wait for packets and clocks.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
