<?php

require_once __DIR__ . '/task.php';

// What is running here: the commit that was released, the digest of the image, the task, the colour and
// the environment. Everything is text; what cannot be known is empty, or "unknown" for the commit.
function release(): array
{
    $task = task() ?? [];
    $arn = (string) ($task['TaskARN'] ?? '');
    $at = strrchr(task_image($task), '@');

    return [
        'commit' => getenv('SLIPWAY_COMMIT') ?: 'unknown',
        'digest' => $at === false ? (string) getenv('SLIPWAY_DIGEST') : substr($at, 1),
        'task' => $arn === '' ? gethostname() : basename($arn),
        'colour' => require __DIR__ . '/../colour.php',
        'environment' => (string) getenv('SLIPWAY_ENVIRONMENT'),
    ];
}
