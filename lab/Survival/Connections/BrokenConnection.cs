namespace RustyRail.Lab.Survival.Connections;

/// <summary>When it was opened, as seen from the event.</summary>
internal enum Opened { Before, After }

/// <param name="Answers">So many it had before it broke.</param>
internal sealed record BrokenConnection(Opened Opened, string Client, string Server, string Failure, long Answers);
