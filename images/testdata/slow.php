<?php

// Begins its answer, and ends it when the test lets it.
while (ob_get_level()) {
    ob_end_flush();
}
echo "begun\n";
flush();
while (!file_exists(__DIR__ . '/go')) {
    clearstatcache();
    usleep(10000);
}
echo "done\n";
