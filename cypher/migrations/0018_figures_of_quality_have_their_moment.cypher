// What was counted in the graph at one moment is found by that moment, and no two share it.
CREATE CONSTRAINT quality_at IF NOT EXISTS FOR (quality:Quality) REQUIRE quality.at IS UNIQUE;
