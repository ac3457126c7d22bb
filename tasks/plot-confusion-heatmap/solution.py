import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import accuracy_score, confusion_matrix


def task_func(y_true, y_pred):
    """
    Draw the confusion matrix of a classifier as a heatmap of row shares and return these shares.

    Rows stand for true classes and columns for predicted classes. Both are all classes that occur in either list,
    sorted. The share of a cell is its number of samples divided by the number of samples in its row; in a row
    without samples all shares are 0. The heatmap has the x label 'Predicted', the y label 'True', the classes as
    tick labels on both axes, and the title 'Accuracy: ' followed by the accuracy in percent with one decimal, such
    as 'Accuracy: 66.7%'. Each cell is annotated, at x = column index and y = row index, with two lines of text: the
    number of samples, such as '3', and the share in whole percent, such as '75%'. The text is white where the share
    is greater than 0.5 and black elsewhere.

    Parameters:
    - y_true (list of str): The true class of each sample.
    - y_pred (list of str): The predicted class of each sample.

    Returns:
    - tuple: A pair of
        - matplotlib.axes.Axes: The heatmap.
        - numpy.ndarray: The shares, one row for each true class.

    Requirements:
    - matplotlib
    - numpy
    - sklearn

    Raises:
    - ValueError: If the lists are empty or differ in length.

    Example:
    >>> ax, shares = task_func(['cat', 'cat', 'dog'], ['cat', 'dog', 'dog'])
    >>> shares.tolist()
    [[0.5, 0.5], [0.0, 1.0]]
    >>> ax.get_title()
    'Accuracy: 66.7%'
    """
    if not len(y_true) or len(y_true) != len(y_pred):
        raise ValueError("true and predicted classes must be as many, and at least one")
    classes = sorted(set(y_true) | set(y_pred))
    counts = confusion_matrix(y_true, y_pred, labels=classes)
    totals = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(totals, 1)
    _, ax = plt.subplots()
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), share in np.ndenumerate(shares):
        ax.text(
            column,
            row,
            f"{counts[row, column]}\n{share:.0%}",
            ha="center",
            va="center",
            color="white" if share > 0.5 else "black",
        )
    ax.set_xticks(range(len(classes)), classes)
    ax.set_yticks(range(len(classes)), classes)
    ax.set_xlabel("Predicted")
    ax.set_ylabel("True")
    ax.set_title(f"Accuracy: {accuracy_score(y_true, y_pred):.1%}")
    return ax, shares
