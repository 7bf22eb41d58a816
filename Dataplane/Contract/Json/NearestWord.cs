namespace RustyRail.Contract.Json;

/// <summary>Finds what an operator probably meant.</summary>
public static class NearestWord
{
    private const int MostEdits = 2;

    /// <summary><c> (did you mean "weight"?)</c>, or nothing when no word is near.</summary>
    public static string Hint(string written, IEnumerable<string> words)
    {
        string? nearest = null;
        int fewest = MostEdits + 1;
        foreach (string word in words)
        {
            int edits = Edits(written.ToLowerInvariant(), word.ToLowerInvariant());
            // Half of a short word changed is another word.
            if (edits < fewest && edits * 2 < Math.Max(written.Length, word.Length)) (nearest, fewest) = (word, edits);
        }

        return nearest is null ? "" : $" (did you mean \"{nearest}\"?)";
    }

    // Optimal string alignment: a swap of neighbours ("wieght") is one edit.
    private static int Edits(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > MostEdits) return MostEdits + 1;
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) cost[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) cost[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int change = a[i - 1] == b[j - 1] ? 0 : 1;
                int best = Math.Min(Math.Min(cost[i - 1, j] + 1, cost[i, j - 1] + 1), cost[i - 1, j - 1] + change);
                bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                cost[i, j] = swapped ? Math.Min(best, cost[i - 2, j - 2] + 1) : best;
            }
        }

        return cost[a.Length, b.Length];
    }
}
