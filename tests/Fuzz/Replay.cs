using RustyRail.Tests.Support.Reference;

namespace RustyRail.Fuzz;

/// <summary>Runs cases from files, such as the fuzzer keeps when one crashed, and says what is wrong with each.</summary>
internal static class Replay
{
    public static int Run(string[] files)
    {
        int failed = 0;
        using FuzzCase target = new();
        foreach (string file in files)
        {
            try
            {
                target.Run(File.ReadAllBytes(file));
            }
            catch (Exception e) when (e is Disagreement or InvalidOperationException)
            {
                failed++;
                Console.WriteLine($"{file}: {e.Message}");
            }
        }

        Console.WriteLine($"{files.Length} cases with {target.Frames} frames, {failed} failed");
        return failed == 0 ? 0 : 1;
    }
}
